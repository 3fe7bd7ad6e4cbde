// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A seccomp filter (seccomp(2)) that refuses every system call but those that it names, as the BPF
 * program that the kernel takes. A call that is refused fails with EPERM; one that is newer than
 * this table, with ENOSYS, so that a library falls back to what there was before. Calls by the
 * numbers of another architecture, of which each kernel has at least one, are refused, too.
 *
 * <p>Immutable.
 */
public final class SyscallFilter {
    /** The last number that this table knows (Linux 6.17); the same on both architectures. */
    private static final int NEWEST = 469;

    /** From here on numbers are of the x32 interface of x86_64. */
    private static final int X32 = 0x4000_0000;

    private static final int INSTRUCTION = 8;

    /** {@code struct seccomp_data}: number, architecture, and arguments of eight bytes each. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int ARGUMENTS = 16;

    /** Of linux/bpf_common.h: load a word, and with a mask, jump, return. */
    private static final int LOAD = 0x20;

    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int JUMP_IF_GREATER_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;

    /** Of linux/seccomp.h. */
    private static final int ALLOW = 0x7fff_0000;

    private static final int FAIL = 0x0005_0000;
    private static final int NOT_PERMITTED = FAIL | Errno.EPERM.number();
    private static final int NO_SUCH_CALL = FAIL | Errno.ENOSYS.number();

    private final Set<KernelCall> allowed;
    private final Set<KernelCall> missing;
    private final List<Condition> conditions;

    /**
     * A call that is allowed if an argument, of which the kernel looks at 32 bits, is as it should
     * be.
     *
     * @param call which
     * @param argument the first is 0
     * @param mask of the bits that count
     * @param values what they may be, one of these
     */
    public record Condition(KernelCall call, int argument, int mask, List<Integer> values) {
        public Condition {
            values = List.copyOf(values);
            if (values.isEmpty() || argument < 0 || argument > 5) {
                throw new IllegalArgumentException("a condition that nothing fulfils: " + call);
            }
        }

        /** That the argument is one of some values. */
        public static Condition oneOf(KernelCall call, int argument, Integer... values) {
            return new Condition(call, argument, -1, List.of(values));
        }
    }

    /**
     * @param allowed what is allowed with whatever arguments
     * @param missing what is answered as if the kernel did not have it, for the library to do it in
     *     another way
     * @param conditions what is allowed with some arguments only
     * @throws IllegalArgumentException if a call is named twice
     */
    public SyscallFilter(
            Collection<KernelCall> allowed,
            Collection<KernelCall> missing,
            Collection<Condition> conditions) {
        this.allowed = EnumSet.copyOf(allowed);
        this.missing = Set.copyOf(missing);
        this.conditions = List.copyOf(conditions);
        var all = new ArrayList<>(this.allowed);
        all.addAll(this.missing);
        this.conditions.forEach(condition -> all.add(condition.call()));
        if (EnumSet.copyOf(all).size() != all.size()) {
            throw new IllegalArgumentException("a call is named twice: " + all);
        }
    }

    /** The program for this machine: an array of {@code struct sock_filter}. */
    public byte[] program() {
        return program(Architecture.CURRENT);
    }

    byte[] program(Architecture architecture) {
        var program = new Program();
        program.load(ARCHITECTURE);
        program.skipIf(JUMP_IF_EQUAL, architecture.auditNumber(), 1);
        program.result(NOT_PERMITTED);
        program.load(NUMBER);
        // As unsigned numbers: so this is both of what x32 has and of -1, which is no call.
        program.resultIf(JUMP_IF_GREATER_OR_EQUAL, X32, NOT_PERMITTED);
        allowed.stream()
                .flatMapToInt(call -> call.number(architecture).stream())
                .forEach(number -> program.resultIf(JUMP_IF_EQUAL, number, ALLOW));
        missing.stream()
                .flatMapToInt(call -> call.number(architecture).stream())
                .forEach(number -> program.resultIf(JUMP_IF_EQUAL, number, NO_SUCH_CALL));
        program.resultIf(JUMP_IF_GREATER, NEWEST, NO_SUCH_CALL);
        for (var condition : conditions) {
            condition
                    .call()
                    .number(architecture)
                    .ifPresent(number -> program.check(number, condition));
        }
        program.result(NOT_PERMITTED);
        return program.bytes();
    }

    /** Instructions, one after the other; a jump is over those that follow it. */
    private static final class Program {
        private final List<byte[]> instructions = new ArrayList<>();

        private void add(int code, int ifTrue, int ifFalse, int operand) {
            instructions.add(
                    ByteBuffer.allocate(INSTRUCTION)
                            .order(ByteOrder.nativeOrder())
                            .putShort((short) code)
                            .put((byte) ifTrue)
                            .put((byte) ifFalse)
                            .putInt(operand)
                            .array());
        }

        void load(int offset) {
            add(LOAD, 0, 0, offset);
        }

        void skipIf(int comparison, int operand, int instructions) {
            add(comparison, instructions, 0, operand);
        }

        void result(int value) {
            add(RETURN, 0, 0, value);
        }

        void resultIf(int comparison, int operand, int value) {
            add(comparison, 0, 1, operand);
            result(value);
        }

        /** The number is loaded before and, where it is another one, after. */
        void check(int number, Condition condition) {
            int inside = 3 + 2 * condition.values().size();
            add(JUMP_IF_EQUAL, 0, inside, number);
            // Both architectures put the low half of an argument first.
            load(ARGUMENTS + condition.argument() * Long.BYTES);
            add(AND, 0, 0, condition.mask());
            condition.values().forEach(value -> resultIf(JUMP_IF_EQUAL, value, ALLOW));
            result(NOT_PERMITTED);
        }

        byte[] bytes() {
            var all = ByteBuffer.allocate(instructions.size() * INSTRUCTION);
            instructions.forEach(all::put);
            return all.array();
        }
    }
}
