/** The bundler puts imported style sheets beside the program of the page. */
declare module '*.css';
