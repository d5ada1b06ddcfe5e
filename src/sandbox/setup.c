/* setup.c - the driver's command line, behind that of the walls where there are any. */
#include "sandbox/setup.h"

#include "sandbox/driver.h"

static lmas_status make_walls(lmi_setup *setup)
{
    const lmi_walls_params params = {
        .folders = (const char *const *)setup->python.folders,
        .n_folders = setup->python.n_folders,
        .start = "/tmp",
        .otherwise = "run them unprotected with --sandbox none",
    };

    return lmi_walls_init(&setup->walls, &params);
}

lmas_status lmi_setup_init(lmi_setup *out, lmi_sandbox_kind kind, const char *python)
{
    const bool is_walled = kind == LMI_SANDBOX_BWRAP;
    lmi_setup setup = {0};
    lmas_status status = lmi_python_find(&setup.python, python, is_walled);

    if (status == LMAS_OK && is_walled)
        status = make_walls(&setup);
    if (status != LMAS_OK) {
        lmi_setup_done(&setup);
        return status;
    }
    /* No folder of the user's, no files left behind. Not -I: that ignores PYTHONHASHSEED too. */
    lmi_walls_add(&setup.walls, setup.python.path, "-s", "-B", "-c", lmi_driver_py, NULL);
    *out = setup;
    return LMAS_OK;
}

void lmi_setup_done(lmi_setup *setup)
{
    lmi_walls_done(&setup->walls);
    lmi_python_place_done(&setup->python);
}
