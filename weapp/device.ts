import { Observable } from 'rxjs';
import type { Lifecycle } from '../src/index.js';
import type { WeappDevice, WeappNetwork } from './wx.js';

/** Cold: whether there is a network. Emits what `wx` says now, then what it tells. Never completes. */
export const networkOf = (wx: WeappDevice): Observable<boolean> =>
  new Observable((subscriber) => {
    let isTold = false;
    const tell = ({ isConnected = true }: WeappNetwork): void => {
      isTold = true;
      subscriber.next(isConnected);
    };
    wx.onNetworkStatusChange(tell);
    wx.getNetworkType({
      success: ({ networkType }) => {
        // The answer may be older than what was told meanwhile.
        if (!isTold) subscriber.next(networkType !== 'none');
      },
    });
    return () => wx.offNetworkStatusChange(tell);
  });

/** Cold: when the mini program comes to the foreground. In the background its sockets die silently. Never completes. */
export const lifecycleOf = (wx: WeappDevice): Observable<Lifecycle> =>
  new Observable((subscriber) => {
    const wake = (): void => subscriber.next('wake');
    wx.onAppShow(wake);
    return () => wx.offAppShow(wake);
  });
