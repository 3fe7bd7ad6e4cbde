// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SyscallFilterTest {
    private static final String ALLOWED = "allowed";
    private static final String EPERM = "EPERM";
    private static final String ENOSYS = "ENOSYS";
    private static final int SETNS_X86 = 308;

    private final SyscallFilter filter =
            new SyscallFilter(
                    List.of(KernelCall.READ, KernelCall.OPENAT2, KernelCall.OPEN),
                    List.of(KernelCall.CLONE3),
                    List.of(
                            SyscallFilter.Condition.oneOf(KernelCall.IOCTL, 1, 0x5401, 0x541B),
                            new SyscallFilter.Condition(
                                    KernelCall.CLONE, 0, 0x1010_0000, List.of(0x10_0000))));

    @ParameterizedTest
    @CsvSource({
        "0, allowed", // read
        "2, allowed", // open
        "437, allowed", // openat2
        "435, ENOSYS", // clone3
        "1, EPERM", // write
        "101, EPERM", // ptrace
        "470, ENOSYS", // not made yet
        "1073741824, EPERM", // read of x32
        "-1, EPERM"
    })
    void onX86ACallIsAllowedOrMissingOrRefused(int number, String result) {
        assertThat(ask(Architecture.X86_64, number)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({
        "63, allowed", // read
        "2, EPERM", // io_cancel; aarch64 has no open
        "437, allowed",
        "435, ENOSYS",
        "64, EPERM", // write
        "470, ENOSYS"
    })
    void onAarch64NumbersAreItsOwn(int number, String result) {
        assertThat(ask(Architecture.AARCH64, number)).isEqualTo(result);
    }

    @ParameterizedTest
    @EnumSource
    void aCallByTheNumbersOfAnotherArchitectureIsRefused(Architecture architecture) {
        var program = filter.program(architecture);
        int i386 = 0x4000_0003;
        assertThat(run(program, data(i386, 437))).isEqualTo(EPERM);
    }

    @ParameterizedTest
    @CsvSource({
        "0x5401, allowed",
        "0x541B, allowed",
        "0x5412, EPERM",
        "0, EPERM",
        // The kernel looks at 32 bits of it.
        "0x100005401, allowed"
    })
    void aConditionIsOnOneArgument(String request, String result) {
        assertThat(ask(Architecture.X86_64, 16, 7, Long.decode(request))).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({"0x100000, allowed", "0x100011, allowed", "0x10100000, EPERM", "0x11, EPERM"})
    void aConditionMayBeOnSomeBits(String flags, String result) {
        assertThat(ask(Architecture.X86_64, 56, Long.decode(flags))).isEqualTo(result);
        assertThat(ask(Architecture.AARCH64, 220, Long.decode(flags))).isEqualTo(result);
    }

    @Test
    void aCallThatIsNamedTwiceIsAMistake() {
        var twice =
                List.of(
                        SyscallFilter.Condition.oneOf(KernelCall.IOCTL, 1, 1),
                        SyscallFilter.Condition.oneOf(KernelCall.IOCTL, 1, 2));
        assertThatThrownBy(() -> new SyscallFilter(List.of(KernelCall.READ), List.of(), twice))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noTwoCallsHaveOneNumber() {
        for (var architecture : Architecture.values()) {
            var numbers =
                    List.of(KernelCall.values()).stream()
                            .flatMapToInt(call -> call.number(architecture).stream())
                            .boxed()
                            .toList();
            assertThat(numbers).doesNotHaveDuplicates().doesNotContain(SETNS_X86);
        }
    }

    private String ask(Architecture architecture, int number, long... arguments) {
        return run(
                filter.program(architecture), data(architecture.auditNumber(), number, arguments));
    }

    private static ByteBuffer data(int architecture, int number, long... arguments) {
        var data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, number).putInt(4, architecture);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(16 + i * Long.BYTES, arguments[i]);
        }
        return data;
    }

    /** What the kernel does with it. */
    private static String run(byte[] bytes, ByteBuffer data) {
        var program = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int operand = program.getInt(at * 8 + 4);
            switch (program.getShort(at * 8)) {
                case 0x20 -> accumulator = data.getInt(operand);
                case 0x54 -> accumulator &= operand;
                case 0x15 -> at += jump(program, at, accumulator == operand);
                case 0x25 ->
                        at += jump(program, at, Integer.compareUnsigned(accumulator, operand) > 0);
                case 0x35 ->
                        at += jump(program, at, Integer.compareUnsigned(accumulator, operand) >= 0);
                case 0x06 -> {
                    return name(operand);
                }
                default -> throw new AssertionError("no instruction of ours");
            }
        }
    }

    private static int jump(ByteBuffer program, int at, boolean isTrue) {
        return Byte.toUnsignedInt(program.get(at * 8 + (isTrue ? 2 : 3)));
    }

    private static String name(int result) {
        return switch (result) {
            case 0x7fff_0000 -> ALLOWED;
            case 0x0005_0001 -> EPERM;
            case 0x0005_0026 -> ENOSYS;
            default -> throw new AssertionError(Integer.toHexString(result));
        };
    }
}
