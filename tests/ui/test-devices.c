/* SPDX-License-Identifier: Apache-2.0 */
/* A backend with two devices that have memory of their own, in the form. */
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "tests/bench/fake-backend.h"
#include "tests/ui/ui-fixture.h"
#include "ui/setup/setup-panel.h"

#include <string.h>

static MoeBackend with_devices;

/* One that computes on the processor, and the one with devices, which bears a known name. */
static MoeAccelerators *
look (void)
{
  gsize n;
  const MoeBackend *list[] = { moe_backends (&n)[0], &with_devices };
  with_devices = fake_device_backend;
  with_devices.name = "cuda";
  with_devices.title = "CUDA";
  fake_machine_reset ();
  fake_machine.memory_bytes = (gsize)1 << 30;
  fake_machine.device_bytes = (gsize)70 << 30;
  return moe_accelerators_look_at (list, G_N_ELEMENTS (list));
}

static void
test_choices (void)
{
  g_autoptr (MoeAccelerators) backends = look ();
  MoeError error = { 0 };
  g_assert_cmpuint (moe_accelerators_get_n (backends), ==, 3);
  g_assert_cmpstr (moe_accelerators_get (backends, 0)->name, ==,
                   moe_backends (&(gsize){ 0 })[0]->name);
  g_assert_null (moe_accelerators_get (backends, 0)->device_text);
  g_assert_cmpstr (moe_accelerators_get (backends, 2)->name, ==, "cuda:1");
  g_assert_cmpstr (moe_accelerators_get (backends, 2)->title, ==, "CUDA 1");
  g_assert_cmpstr (moe_accelerators_get (backends, 2)->device_text, ==, "Fake device, 140 GiB");
  g_assert_cmpint (moe_accelerators_find_choice (backends, "cuda"), ==, 1);
  g_assert_cmpint (moe_accelerators_find_choice (backends, "cuda:1"), ==, 2);
  g_assert_null (moe_accelerators_find (backends, "cuda:2", MOE_DTYPE_FLOAT32, &error));
  g_assert_nonnull (strstr (error.message, "cuda:2"));
}

/* The device chosen is the one whose memory the forecast is about. */
static void
test_form (void)
{
  g_autoptr (MoeAccelerators) backends = look ();
  NullcurveSetupPanel *panel =
      NULLCURVE_SETUP_PANEL (g_object_ref_sink (nullcurve_setup_panel_new ()));
  GtkDropDown *accelerator = fixture_child (panel, "accelerator");
  MoeOptions options;
  nullcurve_setup_panel_set_backends (panel, backends);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (accelerator)), ==, 4);

  gtk_drop_down_set_selected (accelerator, 3);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpstr (options.accelerator, ==, "cuda:1");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  const char *forecast =
      gtk_label_get_label (fixture_child (fixture_child (panel, "forecast"), "memory"));
  g_assert_nonnull (strstr (forecast, "of 35.0 GiB device memory"));

  moe_presets_init_options (&options);
  g_strlcpy (options.accelerator, "cuda", sizeof options.accelerator);
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (accelerator), ==, 2);
  fixture_settle ();
  g_object_unref (panel);
}

static void
test_rates (void)
{
  g_autofree char *small = moe_text_flop_rate (202.4e9);
  g_autofree char *medium = moe_text_flop_rate (12.34e12);
  g_autofree char *large = moe_text_flop_rate (612.3e12);
  g_assert_cmpstr (small, ==, "202 GF/s");
  g_assert_cmpstr (medium, ==, "12.3 TF/s");
  g_assert_cmpstr (large, ==, "612 TF/s");
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  g_test_add_func ("/devices/choices", test_choices);
  g_test_add_func ("/devices/form", test_form);
  g_test_add_func ("/devices/rates", test_rates);
  return g_test_run ();
}
