/* What must hold of config for any bytes: no byte behind them is read; each
 * fault is a line; what the fields hold is in its range, whatever was refused;
 * a text that has no fault has none the second time either. */
#include "config_sane.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = guarded(data, size), *wrong;
    config_t *cfg, *again;

    if (text == NULL)
        return 0;
    cfg = config_parse("fuzz", text, size);
    wrong = config_sane(cfg);
    check(wrong == NULL, wrong);
    again = config_parse("fuzz", text, size);
    check(memcmp(cfg, again, sizeof *cfg) == 0, "the same, the second time");
    config_free(again);
    config_free(cfg);
    return 0;
}
