/* The pause container that a pod of runc needs and one of ours does not: waits until it is killed. */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
