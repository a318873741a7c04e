// 克隆表单的中文文本。
// What the form of a clone says, in Chinese.

import type { Text } from '../catalogue.ts';
import type { en } from './en.ts';

export const zh: Text<typeof en> = {
  of: (server) => `${server} 的克隆。`,
  detail: '设置原样沿用；创建后可以随意更改。',
  along: '一起带上的内容',
  copy: '设置和数据',
  copyDetail: (size) => (size === null ? '克隆从它的世界的副本开始。' : `克隆从它的世界的副本开始：上次测量为 ${size}。`),
  copyGone: '它没有可以复制的数据。',
  none: '仅设置',
  noneDetail: '克隆从空的世界开始。',
  meanwhile: '复制数据期间',
  stop: (server) => `停止 ${server}`,
  stopDetail: '给它平常的保存时间；在线的人会断开。副本一完整就重新启动。',
  live: (server) => `${server} 继续运行`,
  liveDetail: '没有人会断开。克隆可能不完整。',
  liveWarning: '期间写入的内容在克隆中可能不完整，如同断电之后：区域只有一半，数据库需要修复。克隆的历史会注明是这样复制的。',
  rests: (server) => `${server} 现在没有运行，副本完整之前保持原样。`,
  far: (host) => `数据经由管理端传到 ${host}：每秒最多几十 MB，线路慢则更少。线路中断后会从中断处继续。`,
  secrets: '机密',
  secretsHint: '它们会保留，不会显示给任何人。勾选要重新生成的。',
  newSecret: (name) => `重新生成 ${name}`,
  submit: '克隆',
  loading: '正在加载服务器…',
  unknown: '没有这台服务器',
  unknownDetail: '它已被清除，或地址不完整。请从列表中选择要克隆的服务器。',
};
