import type { Catalogue } from '../en';

export const access: Catalogue['access'] = {
  readOnly: '只读',
  needs: {
    read: '此设备无权查看这里。请索取具有相应权限的配对码。',
    chat: '此设备只有只读权限。如需发送消息，请用允许聊天的配对码重新配对。',
    admin: '此设备无权更改设置。请用具有全部权限的配对码重新配对。',
  },
};
