/* What runc runs where our sandboxer runs examples/src/main/wat/hello.wat: one line, then the end. */
#include <unistd.h>

int main(void)
{
	static const char line[] = "hello from Linux\n";

	return write(STDOUT_FILENO, line, sizeof line - 1) == sizeof line - 1 ? 0 : 1;
}
