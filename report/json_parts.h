/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_parts.h - the members that the JSON of analyze and of diff share: private to report/
 */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include "report/jsonw.h"
#include "report/model.h"

void json_head(struct jsonw *w, const struct report_model *m);		/* schema, tool, design */
void json_detectable(struct jsonw *w, const struct report_model *m);
void json_inputs(struct jsonw *w, const struct report_model *m);	/* inputs, partial */
void json_shifts(struct jsonw *w, const struct report_model *m);
void json_caveats(struct jsonw *w, const struct report_model *m);
/* base, current, change, relative, lo, hi, p, q, status, test of one tested difference, as members of the open object. */
void json_change(struct jsonw *w, const struct model_change *c);
void json_rest(struct jsonw *w, const struct report_model *m);		/* all that attrib/1 does not promise */

#endif
