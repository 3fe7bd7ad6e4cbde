// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.MemoryAllowance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/**
 * Makes memories that grow only as far as their guest's allowance goes, which can change meanwhile.
 *
 * <p>Endive's memory is final and its maximum fixed, and one that passes every access on to it
 * makes guests a fifth slower. So the class of these is made of Endive's when it is first needed:
 * the same under another name, but for {@code grow}, which calls us.
 */
final class AllowedMemory {
    private static final String ENDIVES = Type.getInternalName(ByteArrayMemory.class);
    private static final String OURS = ENDIVES + "OfGuest";
    private static final String GROW = "grow";
    private static final String GROW_UNASKED = "growUnasked";
    private static final String ASKED = "asked";

    private static final Handles HANDLES = Handles.of(derived());

    private AllowedMemory() {}

    private record Handles(MethodHandle constructor, MethodHandle asked, MethodHandle growUnasked) {
        static Handles of(MethodHandles.Lookup lookup) {
            try {
                var type = lookup.lookupClass();
                return new Handles(
                        lookup.findConstructor(
                                        type, MethodType.methodType(void.class, MemoryLimits.class))
                                .asType(MethodType.methodType(Memory.class, MemoryLimits.class)),
                        lookup.findSetter(type, ASKED, IntUnaryOperator.class)
                                .asType(
                                        MethodType.methodType(
                                                void.class, Memory.class, IntUnaryOperator.class)),
                        lookup.findVirtual(
                                        type,
                                        GROW_UNASKED,
                                        MethodType.methodType(int.class, int.class))
                                .asType(MethodType.methodType(int.class, Memory.class, int.class)));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("a memory of Endive's is not as it was", e);
            }
        }
    }

    private static MethodHandles.Lookup derived() {
        try (var original =
                ByteArrayMemory.class.getResourceAsStream(
                        ByteArrayMemory.class.getSimpleName() + ".class")) {
            if (original == null) {
                throw new IOException("the class file of " + ENDIVES + " is missing");
            }
            var writer = new ClassWriter(0);
            new ClassReader(original)
                    .accept(
                            new ClassRemapper(
                                    new Derivation(writer),
                                    new SimpleRemapper(Opcodes.ASM9, Map.of(ENDIVES, OURS))),
                            0);
            var home = MethodHandles.privateLookupIn(ByteArrayMemory.class, MethodHandles.lookup());
            return home.in(home.defineClass(writer.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalAccessException e) {
            throw new LinkageError("a memory of Endive's is not as it was", e);
        }
    }

    /** Gives the method another name, and one that asks its name. */
    private static final class Derivation extends ClassVisitor {
        private static final String DESCRIPTOR = Type.getDescriptor(IntUnaryOperator.class);

        private Derivation(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            var kept = name.equals(GROW) ? GROW_UNASKED : name;
            return super.visitMethod(access, kept, descriptor, signature, exceptions);
        }

        /** Those that the original has do not know it. */
        @Override
        public void visitNestMember(String member) {}

        @Override
        public void visitEnd() {
            visitField(Opcodes.ACC_PUBLIC, ASKED, DESCRIPTOR, null, null).visitEnd();
            var grow = super.visitMethod(Opcodes.ACC_PUBLIC, GROW, "(I)I", null, null);
            grow.visitCode();
            grow.visitVarInsn(Opcodes.ALOAD, 0);
            grow.visitFieldInsn(Opcodes.GETFIELD, OURS, ASKED, DESCRIPTOR);
            grow.visitVarInsn(Opcodes.ILOAD, 1);
            grow.visitMethodInsn(
                    Opcodes.INVOKEINTERFACE,
                    Type.getInternalName(IntUnaryOperator.class),
                    "applyAsInt",
                    "(I)I",
                    true);
            grow.visitInsn(Opcodes.IRETURN);
            grow.visitMaxs(2, 2);
            grow.visitEnd();
            super.visitEnd();
        }
    }

    /**
     * Makes one. Preconditions: the pages that it begins with have been taken.
     *
     * @param limits with a maximum that neither the module's nor the allowance will exceed
     * @param declared the module's own maximum, in pages
     */
    static Memory of(MemoryLimits limits, int declared, MemoryAllowance allowance) {
        try {
            var memory = (Memory) HANDLES.constructor.invokeExact(limits);
            IntUnaryOperator grow = more -> grow(memory, more, declared, allowance);
            HANDLES.asked.invokeExact(memory, grow);
            return memory;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a memory of Endive's throws nothing else", e);
        }
    }

    private static int grow(Memory memory, int more, int declared, MemoryAllowance allowance) {
        // What the module itself does not allow is nobody's lack of memory.
        if (more < 0 || more > declared - memory.pages()) {
            return -1;
        }
        long bytes = (long) more * Memory.PAGE_SIZE;
        if (!allowance.take(bytes)) {
            return -1;
        }
        try {
            return growUnasked(memory, more);
        } catch (OutOfMemoryError _) {
            allowance.failed(bytes);
            return -1;
        }
    }

    private static int growUnasked(Memory memory, int more) {
        try {
            return (int) HANDLES.growUnasked.invokeExact(memory, more);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a memory of Endive's throws nothing else", e);
        }
    }
}
