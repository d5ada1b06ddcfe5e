/* threads.c - see threads.h. */
#include "latent/realign/threads.h"

#include <cblas.h>

#include "latentmas.h"

/* Matrices of fewer values than this are gone through in milliseconds. */
static const size_t WORTH_IT = (size_t)1 << 24;

int lmi_blas_choose(const lmi_load *since, size_t n_values)
{
    return n_values < WORTH_IT ? 1 : lmi_load_choose(since, lmas_n_cores());
}

int lmi_blas_limit(int n)
{
    const int before = openblas_get_num_threads();

    openblas_set_num_threads(n);
    return before;
}
