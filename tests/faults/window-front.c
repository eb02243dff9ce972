/* SPDX-License-Identifier: Apache-2.0 */
/* The desktop application in a process that can be killed: it measures a small sweep, or with
 * "resume" waits until the application itself asks what to do with the run that was interrupted and
 * answers that it shall go on.  What it prints is for whoever kills it: "told N", samples of this
 * process that the window shows; "said WORDS" about the run file; "over".  Folders are those of the
 * environment. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/application.h"
#include "engine/sweep/presets.h"
#include "ui/runs/run-item.h"
#include "ui/window/window.h"

enum
{
  LOOK_MS = 20
};

typedef struct Front
{
  NullcurveWindow *window;
  gboolean resumes; /* and nobody was asked yet */
  gboolean began;
  gsize carried; /* samples that the run began with */
  gsize told;
  char *said;
} Front;

static void
print (const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *line = g_strdup_vprintf (format, list);
  va_end (list);
  if (write (STDOUT_FILENO, line, strlen (line)) < 0)
    _exit (1);
}

/* Two groups of three points. */
static void
set_options (Front *front)
{
  MoeOptions options;
  moe_presets_init_options (&options);
  options.shape = (MoeShape){ 64, 32, 16, 4, 0 };
  options.topk_list = (MoeSizeList){ { 1, 2 }, 2 };
  options.topk = 1;
  options.threads = 1;
  options.wait_quiet_s = 0;
  options.warmup = 1;
  options.iters = 10;
  options.min_sample_time_s = 0.005;
  options.until_settled = false;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.25, 0.5 }, 2 };
  g_strlcpy (options.accelerator, "native", sizeof options.accelerator);
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (front->window), &options);
}

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

/* The first label below that speaks of the run file. */
static const char *
find_words (GtkWidget *widget)
{
  const char *words = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : NULL;
  if (words != NULL && strstr (words, "run file") != NULL)
    return words;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if ((words = find_words (child)) != NULL)
      return words;
  return NULL;
}

/* Samples of this process alone; what counted before may count no more in the end. */
static void
report_samples (Front *front)
{
  NullcurveRunItem *live =
      nullcurve_runs_model_get_live (nullcurve_window_get_runs (front->window));
  if (live == NULL)
    return;
  gsize n = count_samples (nullcurve_run_item_get_run (live));
  if (!front->began)
    front->carried = n;
  front->began = TRUE;
  if (n <= front->carried + front->told)
    return;
  front->told = n - front->carried;
  print ("told %zu\n", front->told);
}

static void
report_words (Front *front)
{
  const char *said = find_words (GTK_WIDGET (
      gtk_widget_get_template_child (GTK_WIDGET (front->window), NULLCURVE_TYPE_WINDOW, "toasts")));
  if (said == NULL || g_strcmp0 (said, front->said) == 0)
    return;
  g_free (front->said);
  front->said = g_strdup (said);
  print ("said %s\n", said);
}

/* Answer as a person would who wants the run to go on. */
static void
answer (Front *front)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data)
        && adw_message_dialog_get_response_enabled (l->data, "resume"))
      {
        print ("asked %s\n", adw_message_dialog_get_heading (l->data));
        adw_message_dialog_response (l->data, "resume");
        front->resumes = FALSE;
        return;
      }
}

static gboolean
look_cb (gpointer data)
{
  Front *front = data;
  if (front->resumes)
    answer (front);
  report_samples (front);
  report_words (front);
  if (front->began && !nullcurve_window_get_running (front->window))
    {
      print ("over\n");
      _exit (0);
    }
  return G_SOURCE_CONTINUE;
}

static void
activated_cb (GApplication *application, gpointer data)
{
  Front *front = data;
  front->window =
      NULLCURVE_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application)));
  if (!front->resumes)
    {
      set_options (front);
      gtk_widget_activate_action (GTK_WIDGET (front->window), "win.run", NULL);
    }
  const char *problem =
      nullcurve_setup_panel_get_problem (nullcurve_window_get_setup (front->window));
  if (problem != NULL)
    {
      print ("problem %s\n", problem);
      _exit (1);
    }
  g_timeout_add (LOOK_MS, look_cb, front);
}

int
main (int argc, char *argv[])
{
  Front front = { .resumes = argc > 1 && strcmp (argv[1], "resume") == 0 };
  gtk_disable_setlocale ();
  /* As the program does. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  g_autoptr (NullcurveApplication) application = nullcurve_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (application, "activate", G_CALLBACK (activated_cb), &front);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
