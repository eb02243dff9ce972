/* SPDX-License-Identifier: Apache-2.0 */
/* Completion in three shells, made from the tables that parsing and --help use. */
#include "app/command-line/completion.h"

#include <string.h>

#include "app/command-line/specs.h"

enum
{
  MAX_HELP = 72 /* of a line in a menu */
};

typedef enum Kind
{
  KIND_FLAG,   /* no value */
  KIND_FREE,   /* a number, a list: nothing can be offered */
  KIND_WORDS,  /* one of `words` */
  KIND_FILE,   /* the name of one */
  KIND_FOLDER, /* likewise */
} Kind;

/* One option. */
typedef struct Entry
{
  const char *name;
  const char *value; /* placeholder; NULL for a flag */
  char *help;        /* in few words */
  Kind kind;
  GStrv words; /* KIND_WORDS */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->help);
  g_strfreev (entry->words);
  g_free (entry);
}

/* The first part of the sentence that --help has. */
static char *
cut_help (const char *help)
{
  g_autofree char *part = g_strndup (help, strcspn (help, ";("));
  g_auto (GStrv) words = g_strsplit (g_strchomp (part), " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  for (char **word = words; *word != NULL && text->len + 1 + strlen (*word) <= MAX_HELP; word++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", *word);
  while (text->len > 0 && strchr (",-", text->str[text->len - 1]) != NULL)
    g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "auto|native|cuda[:N]", "column|slide|WxH": what begins with a capital stands for something else.
 */
static GStrv
split_choices (const char *value)
{
  g_auto (GStrv) all = g_strsplit (value, "|", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  for (char **word = all; *word != NULL; word++)
    {
      (*word)[strcspn (*word, "[")] = '\0';
      if (!g_ascii_isupper (**word))
        g_strv_builder_add (words, *word);
    }
  return g_strv_builder_end (words);
}

static Kind
kind_of (const char *value)
{
  return value == NULL                 ? KIND_FLAG
         : strchr (value, '|') != NULL ? KIND_WORDS
         : strstr (value, "FILE")      ? KIND_FILE
         : strcmp (value, "DIR") == 0  ? KIND_FOLDER
                                       : KIND_FREE;
}

static void
add (GPtrArray *entries, const char *name, const char *value, const char *help)
{
  Entry *entry = g_new0 (Entry, 1);
  *entry =
      (Entry){ .name = name, .value = value, .help = cut_help (help), .kind = kind_of (value) };
  if (entry->kind == KIND_WORDS)
    entry->words = split_choices (value);
  if (entry->kind == KIND_WORDS && entry->words[0] == NULL)
    entry->kind = KIND_FREE;
  g_ptr_array_add (entries, entry);
}

/* What no placeholder tells. */
static void
add_words (GPtrArray *entries, const char *name, const char *const *words)
{
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);
      if (strcmp (entry->name, name) != 0)
        continue;
      entry->kind = KIND_WORDS;
      entry->words = g_strdupv ((char **)words);
    }
}

static GPtrArray *
make_entries (const char *const *presets)
{
  gsize n, n_own;
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  const MoeOptionSpec *specs = moe_option_specs (&n);
  const NullcurveBenchSpec *own = nullcurve_bench_specs (&n_own);
  g_auto (GStrv) languages = g_strsplit (NULLCURVE_LANGUAGES, " ", -1);
  for (gsize i = 0; i < n; i++)
    add (entries, specs[i].name, specs[i].value, specs[i].help);
  for (gsize i = 0; i < n_own; i++)
    if (own[i].group != NULL)
      add (entries, own[i].name, own[i].value, own[i].help);
  add_words (entries, "preset", presets);
  add_words (entries, "lang", (const char *const *)languages);
  return entries;
}

/* `text` with a backslash before each of `special`. */
static char *
escape (const char *text, const char *special)
{
  GString *out = g_string_new (NULL);
  for (; *text != '\0'; text++)
    {
      if (strchr (special, *text) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  return g_string_free (out, FALSE);
}

static char *
join_words (const Entry *entry, const char *special, const char *separator)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (char **word = entry->words; *word != NULL; word++)
    {
      g_autofree char *escaped = escape (*word, special);
      g_string_append_printf (out, "%s%s", word > entry->words ? separator : "", escaped);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_made_by (GString *out, const char *shell)
{
  g_string_append_printf (out,
                          "# SPDX-License-Identifier: Apache-2.0\n"
                          "# Made by \"nullcurve-bench --help-completion %s\"; change the tables "
                          "that it reads\n# instead.\n",
                          shell);
}

/* --- bash --- */

/* "--csv|--journal", of all that take the same; returns how many. */
static gsize
append_pattern (GString *out, const GPtrArray *entries, Kind kind)
{
  gsize n = 0;
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (entries, i);
      if (entry->kind == kind)
        g_string_append_printf (out, "%s--%s", n++ > 0 ? " | " : "    ", entry->name);
    }
  return n;
}

static void
append_bash_case (GString *out, const GPtrArray *entries, Kind kind, const char *then)
{
  if (append_pattern (out, entries, kind) > 0)
    g_string_append_printf (out, ")\n      %s\n      return\n      ;;\n", then);
}

static void
append_bash_words (GString *out, const Entry *entry)
{
  g_autofree char *words = join_words (entry, "", "\\n");
  g_string_append_printf (out,
                          "    --%s)\n"
                          "      _nullcurve_bench_offer \"$word\" $'%s'\n"
                          "      return\n"
                          "      ;;\n",
                          entry->name, words);
}

static const char bash_head[] =
    "# shellcheck shell=bash disable=SC2207\n"
    "\n"
    "# Those of the lines $2 that begin with $1, each as one word.\n"
    "_nullcurve_bench_offer ()\n"
    "{\n"
    "  local line IFS=$'\\n'\n"
    "  for line in $2; do\n"
    "    if [[ $line == \"$1\"* || $(printf %q \"$line\") == \"$1\"* ]]; then\n"
    "      COMPREPLY+=(\"$(printf %q \"$line\")\")\n"
    "    fi\n"
    "  done\n"
    "}\n"
    "\n"
    "_nullcurve_bench ()\n"
    "{\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} IFS=$'\\n'\n"
    "  COMPREPLY=()\n"
    "  # --name=value comes as three words.\n"
    "  if [[ $word == = ]]; then\n"
    "    word=\n"
    "  elif [[ $option == = && $COMP_CWORD -ge 2 ]]; then\n"
    "    option=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "  fi\n"
    "  case ${option//_/-} in\n";

static const char bash_tail[] = "    return\n"
                                "  fi\n"
                                "  compopt -o filenames 2> /dev/null\n"
                                "  COMPREPLY=($(compgen -f -- \"$word\"))\n"
                                "}\n"
                                "\n"
                                "complete -F _nullcurve_bench nullcurve-bench\n";

static GString *
make_bash (const GPtrArray *entries)
{
  GString *out = g_string_new (NULL);
  append_made_by (out, "bash");
  g_string_append (out, bash_head);
  for (guint i = 0; i < entries->len; i++)
    if (((const Entry *)g_ptr_array_index (entries, i))->kind == KIND_WORDS)
      append_bash_words (out, g_ptr_array_index (entries, i));
  append_bash_case (out, entries, KIND_FILE,
                    "compopt -o filenames 2> /dev/null\n"
                    "      COMPREPLY=($(compgen -f -- \"$word\"))");
  append_bash_case (out, entries, KIND_FOLDER,
                    "compopt -o filenames 2> /dev/null\n"
                    "      COMPREPLY=($(compgen -d -- \"$word\"))");
  append_bash_case (out, entries, KIND_FREE, ": # whatever it is, it is not known here");
  g_string_append (out, "  esac\n  if [[ $word == -* ]]; then\n"
                        "    _nullcurve_bench_offer \"${word//_/-}\" \"\\\n");
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf (out, "--%s%s", ((const Entry *)g_ptr_array_index (entries, i))->name,
                            i + 1 < entries->len ? "\n" : "\"\n");
  g_string_append (out, bash_tail);
  return out;
}

/* --- zsh --- */

static void
append_zsh (GString *out, const Entry *entry)
{
  g_autofree char *help = escape (entry->help, "[]");
  g_autofree char *value = entry->value != NULL ? escape (entry->value, ":") : NULL;
  g_autofree char *words =
      entry->kind == KIND_WORDS ? join_words (entry, " ()\\", " ") : g_strdup ("");
  g_auto (GStrv) parts = g_strsplit (help, "'", -1);
  g_autofree char *quoted = g_strjoinv ("'\\''", parts);
  g_string_append_printf (out, "  '--%s%s[%s]", entry->name, value != NULL ? "=" : "", quoted);
  if (entry->kind == KIND_WORDS)
    g_string_append_printf (out, ": :(%s)", words);
  else if (value != NULL)
    g_string_append_printf (out, ":%s:%s", value,
                            entry->kind == KIND_FILE     ? "_files"
                            : entry->kind == KIND_FOLDER ? "_files -/"
                                                         : " ");
  g_string_append (out, "' \\\n");
}

static GString *
make_zsh (const GPtrArray *entries)
{
  GString *out = g_string_new ("#compdef nullcurve-bench\n");
  append_made_by (out, "zsh");
  g_string_append (out, "\n_arguments \\\n");
  for (guint i = 0; i < entries->len; i++)
    append_zsh (out, g_ptr_array_index (entries, i));
  g_string_append (out, "  '*:FILE:_files'\n");
  return out;
}

/* --- fish --- */

static void
append_fish (GString *out, const Entry *entry)
{
  g_autofree char *help = escape (entry->help, "'\\");
  g_string_append_printf (out, "complete -c nullcurve-bench -l %s", entry->name);
  if (entry->kind == KIND_WORDS)
    {
      g_autofree char *words = join_words (entry, " ()", " ");
      g_string_append_printf (out, " -x -a '%s'", words);
    }
  else if (entry->kind == KIND_FILE)
    g_string_append (out, " -r -F");
  else if (entry->kind == KIND_FOLDER)
    g_string_append (out, " -x -a '(__fish_complete_directories)'");
  else if (entry->kind == KIND_FREE)
    g_string_append (out, " -x");
  g_string_append_printf (out, " -d '%s'\n", help);
}

static GString *
make_fish (const GPtrArray *entries)
{
  GString *out = g_string_new (NULL);
  append_made_by (out, "fish");
  for (guint i = 0; i < entries->len; i++)
    append_fish (out, g_ptr_array_index (entries, i));
  return out;
}

GString *
nullcurve_bench_completion (const char *shell, const char *const *presets)
{
  g_autoptr (GPtrArray) entries = make_entries (presets);
  return strcmp (shell, "bash") == 0   ? make_bash (entries)
         : strcmp (shell, "zsh") == 0  ? make_zsh (entries)
         : strcmp (shell, "fish") == 0 ? make_fish (entries)
                                       : NULL;
}
