/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files and where they are, as far as they are read. */
#ifndef BPF_KERNEL_FILE_H
#define BPF_KERNEL_FILE_H

#include "kernel_types.h"

KERNEL_STRUCTS_BEGIN

struct qstr {
	const unsigned char *name;
};

struct inode {
	unsigned long i_ino;
	unsigned int i_nlink;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct fs_struct {
	struct path root;
};

KERNEL_STRUCTS_END

#endif
