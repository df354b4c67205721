// Generated of rtm.proto by `npm run codegen`.

/** The messages, as `parseSchema` reads them. */
export const messages = `
ccmd oop sappId speerId ii sinstallationId ipriority iservice lserverTs lclientTs inotificationType
91BsessionMessage CerrorMessage DdirectMessage EackMessage FunreadMessage GreadMessage HrcpMessage
IlogsMessage JconvMessage 4KpatchMessage 2LblacklistMessage;
lt sn ss sua br stag sdeviceId *ssessionPeerIds *sonlineSessionPeerIds sst istTtl icode sreason sdeviceToken
bsp sdetail llastUnreadNotifTime llastPatchTime lconfigBitmap;
icode sreason iappCode sdetail *spids sappMsg;
smsg suid sfromPeerId ltimestamp boffline bhasMore *stoPeerIds 3br scid sid btransient sdt sroomId spushData
bwill lpatchTimestamp ybinaryMsg *smentionPids bmentionAll iconvType;
icode sreason smid scid lt suid lfromts ltots stype *sids iappCode sappMsg;
*Mconvs lnotifTime;
scid *scids *Nconvs;
sid scid lt bread sfrom;
scid il ilimit lt ltt stmid smid schecksum bstored edirection btIncluded bttIncluded ilctype 92*Ologs;
*sm btransient bunique scid scdate sinitBy ssort ilimit iskip iflag icount sudate lt sn ss bstatusSub
bstatusPub istatusTTL suniqueId stargetClientId lmaxReadTimestamp lmaxAckTimestamp bqueryAllMembers
*PmaxReadTuples *scids Qinfo btempConv itempConvTTL *stempConvIds *sallowedPids *CfailedPids bexisting 8snext
60Rresults Rwhere 2Rattr RattrModified;
*Spatches llastPatchTime;
ssrcCid *stoPids ssrcPid *stoCids ilimit snext 2*sblockedPids *sblockedCids *sallowedPids *CfailedPids lt sn
ss;
scid iunread smid ltimestamp sfrom sdata lpatchTimestamp bmentioned ybinaryMsg iconvType;
scid ltimestamp smid;
sfrom sdata ltimestamp smsgId lackAt lreadAt lpatchTimestamp bmentionAll *smentionPids bbin iconvType;
spid lmaxAckTimestamp lmaxReadTimestamp;
spid srole sinfoId;
sdata;
scid smid ltimestamp brecall sdata lpatchTimestamp sfrom ybinaryMsg bmentionAll *smentionPids lpatchCode
spatchReason
`;

/** The numbers of `cmd`, as `parseSchema` reads them. */
export const commandTypes = `
session conv direct ack rcp unread logs error login data room read presence report echo loggedin logout
loggedout patch pubsub blacklist goaway
`;

/** The numbers of `op`, as `parseSchema` reads them. */
export const opTypes = `
2open add remove close opened closed query query_result conflict added removed refresh refreshed 17start
started joined members_joined 6left members_left 2results count result update updated mute unmute status
members max_read is_member member_info_update member_info_updated member_info_changed expire 24join invite
leave kick reject invited kicked 14upload uploaded 19subscribe subscribed unsubscribe unsubscribed
is_subscribed 26modify modified 19block unblock blocked unblocked members_blocked members_unblocked
check_block check_result 3add_shutup remove_shutup query_shutup shutup_added shutup_removed shutup_result
shutuped unshutuped members_shutuped members_unshutuped check_shutup
`;
