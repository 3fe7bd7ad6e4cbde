// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.server.record.MemberWriter;
import io.silica.server.record.Members;
import io.silica.server.record.RecordForm;
import io.silica.server.registry.SandboxRecord.DeletedRecord;
import io.silica.server.registry.SandboxRecord.DnsRecord;
import io.silica.server.registry.SandboxRecord.ExecRecord;
import io.silica.server.registry.SandboxRecord.PodRecord;
import io.silica.server.registry.SandboxRecord.ProcessRecord;
import io.silica.server.registry.SandboxRecord.ResourcesRecord;
import io.silica.server.registry.SandboxRecord.StdioRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;

/** The file of a sandbox: each component of its record is a member of the same name. */
final class SandboxRecordMembers implements RecordForm<SandboxRecord> {
    private static final PodForm POD = new PodForm();
    private static final DnsForm DNS = new DnsForm();
    private static final ResourcesForm RESOURCES = new ResourcesForm();
    private static final TaskForm TASK = new TaskForm();
    private static final ProcessForm PROCESS = new ProcessForm();
    private static final ExecForm EXEC = new ExecForm();
    private static final StdioForm STDIO = new StdioForm();
    private static final DeletedForm DELETED = new DeletedForm();

    @Override
    public void write(SandboxRecord it, MemberWriter to) {
        to.text("id", it.id())
                .object("pod", it.pod(), POD)
                .text("hostname", it.hostname())
                .text("netns", it.netns())
                .object("dns", it.dns(), DNS)
                .text("cgroupParent", it.cgroupParent())
                .object("containers", it.containers(), RESOURCES)
                .object("overhead", it.overhead(), RESOURCES)
                .texts("annotations", it.annotations())
                .texts("labels", it.labels())
                .text("handler", it.handler())
                .texts("identity", it.identity())
                .text("createdAt", it.createdAt())
                .text("state", it.state())
                .flag("unclaimed", it.unclaimed())
                .number("pid", it.pid())
                .text("startedAt", it.startedAt())
                .numberOrNull("exitCode", it.exitCode())
                .text("exitedAt", it.exitedAt())
                .objects("tasks", it.tasks(), TASK)
                .objects("deleted", it.deleted(), DELETED)
                .textsOrNull("sysctls", it.sysctls());
    }

    @Override
    public SandboxRecord read(Members from) {
        return new SandboxRecord(
                from.text("id"),
                from.object("pod", POD),
                from.text("hostname"),
                from.textOrNull("netns"),
                from.object("dns", DNS),
                from.textOrNull("cgroupParent"),
                from.object("containers", RESOURCES),
                from.object("overhead", RESOURCES),
                from.textsByName("annotations"),
                from.textsByName("labels"),
                from.text("handler"),
                from.textsByName("identity"),
                from.text("createdAt"),
                from.text("state"),
                from.flagOrNull("unclaimed"),
                from.smallNumber("pid"),
                from.textOrNull("startedAt"),
                from.smallNumberOrNull("exitCode"),
                from.textOrNull("exitedAt"),
                from.objects("tasks", TASK),
                from.objectsOrNull("deleted", DELETED),
                from.textsByNameOrNull("sysctls"));
    }

    private static final class PodForm implements RecordForm<PodRecord> {
        @Override
        public void write(PodRecord it, MemberWriter to) {
            to.text("name", it.name())
                    .text("namespace", it.namespace())
                    .text("uid", it.uid())
                    .number("attempt", it.attempt());
        }

        @Override
        public PodRecord read(Members from) {
            return new PodRecord(
                    from.text("name"),
                    from.text("namespace"),
                    from.text("uid"),
                    from.smallNumber("attempt"));
        }
    }

    private static final class DnsForm implements RecordForm<DnsRecord> {
        @Override
        public void write(DnsRecord it, MemberWriter to) {
            to.texts("servers", it.servers())
                    .texts("searches", it.searches())
                    .texts("options", it.options());
        }

        @Override
        public DnsRecord read(Members from) {
            return new DnsRecord(
                    from.texts("servers"), from.texts("searches"), from.texts("options"));
        }
    }

    private static final class ResourcesForm implements RecordForm<ResourcesRecord> {
        @Override
        public void write(ResourcesRecord it, MemberWriter to) {
            to.number("memoryLimitBytes", it.memoryLimitBytes())
                    .number("cpuShares", it.cpuShares())
                    .number("cpuQuotaMicros", it.cpuQuotaMicros())
                    .number("cpuPeriodMicros", it.cpuPeriodMicros());
        }

        @Override
        public ResourcesRecord read(Members from) {
            return new ResourcesRecord(
                    from.number("memoryLimitBytes"),
                    from.number("cpuShares"),
                    from.number("cpuQuotaMicros"),
                    from.number("cpuPeriodMicros"));
        }
    }

    private static final class TaskForm implements RecordForm<TaskRecord> {
        @Override
        public void write(TaskRecord it, MemberWriter to) {
            to.text("id", it.id())
                    .text("bundle", it.bundle())
                    .object("init", it.init(), PROCESS)
                    .objects("execs", it.execs(), EXEC);
        }

        @Override
        public TaskRecord read(Members from) {
            return new TaskRecord(
                    from.text("id"),
                    from.text("bundle"),
                    from.objectOrNull("init", PROCESS),
                    from.objectsOrNull("execs", EXEC));
        }
    }

    private static final class ProcessForm implements RecordForm<ProcessRecord> {
        @Override
        public void write(ProcessRecord it, MemberWriter to) {
            to.text("phase", it.phase())
                    .number("pid", it.pid())
                    .object("stdio", it.stdio(), STDIO)
                    .numberOrNull("exitCode", it.exitCode())
                    .text("exitedAt", it.exitedAt());
        }

        @Override
        public ProcessRecord read(Members from) {
            return new ProcessRecord(
                    from.text("phase"),
                    from.smallNumber("pid"),
                    from.object("stdio", STDIO),
                    from.smallNumberOrNull("exitCode"),
                    from.textOrNull("exitedAt"));
        }
    }

    private static final class ExecForm implements RecordForm<ExecRecord> {
        @Override
        public void write(ExecRecord it, MemberWriter to) {
            to.text("id", it.id()).object("process", it.process(), PROCESS);
        }

        @Override
        public ExecRecord read(Members from) {
            return new ExecRecord(from.text("id"), from.object("process", PROCESS));
        }
    }

    private static final class StdioForm implements RecordForm<StdioRecord> {
        @Override
        public void write(StdioRecord it, MemberWriter to) {
            to.text("stdin", it.stdin())
                    .text("stdout", it.stdout())
                    .text("stderr", it.stderr())
                    .flag("terminal", it.terminal());
        }

        @Override
        public StdioRecord read(Members from) {
            return new StdioRecord(
                    from.text("stdin"),
                    from.text("stdout"),
                    from.text("stderr"),
                    from.flag("terminal"));
        }
    }

    private static final class DeletedForm implements RecordForm<DeletedRecord> {
        @Override
        public void write(DeletedRecord it, MemberWriter to) {
            to.text("container", it.container())
                    .text("exec", it.exec())
                    .number("pid", it.pid())
                    .number("exitCode", it.exitCode())
                    .text("exitedAt", it.exitedAt());
        }

        @Override
        public DeletedRecord read(Members from) {
            return new DeletedRecord(
                    from.text("container"),
                    from.textOrNull("exec"),
                    from.smallNumber("pid"),
                    from.smallNumber("exitCode"),
                    from.text("exitedAt"));
        }
    }
}
