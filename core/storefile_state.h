/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storefile_state.h - the databases this machine's attrib wrote: an empty file each in the state folder, named by
 * sha256
 */
#ifndef CORE_STOREFILE_STATE_H
#define CORE_STOREFILE_STATE_H

#include "core/file.h"

bool storefile_state_has(const char *state_dir, const unsigned char digest[FILE_SHA256]);
/* Makes the folder if need be, and forgets all but the newest entries. */
int storefile_state_add(const char *state_dir, const unsigned char digest[FILE_SHA256], struct err *err) ERR_MUST_CHECK;

#endif
