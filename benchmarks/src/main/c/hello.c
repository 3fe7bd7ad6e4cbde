/*
 * What runc runs where our sandboxer runs hello.wat and sleep.wat of examples/src/main/wat: one line, then the end; with an
 * argument it sleeps until it is killed.
 */
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char line[] = "hello from Linux\n";

	(void)argv;
	if (write(STDOUT_FILENO, line, sizeof line - 1) != sizeof line - 1)
		return 1;
	while (argc > 1)
		pause();
	return 0;
}
