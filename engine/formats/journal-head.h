/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal tells without being read whole: for lists of many. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* What a journal tells without being read whole: its beginning, and its end.  Of a long one that
 * broke off all is read, to tell how far it came. */
typedef struct MoeJournalHead
{
  MoeRun *run;      /* title and facts ("state" too), no records */
  gsize n_points;   /* that have samples; of a very long journal that ended at least so many */
  gsize n_complete; /* of these, with all the undisturbed samples that the options ask for or twice
                       as many in all; until settled, with samples of three starts; likewise */
  gsize n_samples;  /* of all points; 0 where the journal is too long to tell */
  gboolean ended;   /* FALSE: interrupted, or still being written */
} MoeJournalHead;

/* FALSE and *error when it is no journal or cannot be read.  Free with moe_journal_head_clear ().
 */
gboolean moe_journal_read_head (const char *path, MoeJournalHead *head, GError **error);
void moe_journal_head_clear (MoeJournalHead *head);

G_END_DECLS
