/* SPDX-License-Identifier: Apache-2.0 */
/* The config.json of a model, as Hugging Face's libraries write it: of it only what makes the shape
 * of its mixture-of-experts layers.  Takes hostile input: any bytes give a shape or a sentence. */
#pragma once

#include <gio/gio.h>

#include "engine/formats/parts/faults.h"
#include "engine/moe/choices.h"

G_BEGIN_DECLS

typedef struct MoeModelConfig
{
  char *name; /* of the model or its type, in a line; "" when the file tells none */
  gsize hidden;
  gsize mlp_dim; /* of one expert */
  gsize experts;
  gsize topk;
  gsize null_experts; /* beside them in the top-k; 0: none */
  MoeNullKind null_kind;
} MoeModelConfig;

void moe_model_config_free (MoeModelConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeModelConfig, moe_model_config_free)

/* Is it such a file?  It may still lack what is needed.  Any thread. */
gboolean moe_model_config_is (MoeSpan text);

/* NULL and *error, a sentence that names `name` and the key: none is there under any of its names,
 * or it is no whole number from 1, or the top-k is larger than the experts.  A model without
 * experts is an error.  What a model of text and images tells of its text counts.  Any thread. */
MoeModelConfig *moe_model_config_read (MoeSpan text, const char *name, GError **error);

/* The same of a file; *recognised: it is one.  A file of more than MOE_JSON_MAX_BYTES is none; one
 * that cannot be read is none either, since who reads it for something else tells that.  Blocks;
 * any thread. */
MoeModelConfig *moe_model_config_read_file (GFile *file,
                                            GCancellable *cancellable,
                                            gboolean *recognised,
                                            GError **error);

G_END_DECLS
