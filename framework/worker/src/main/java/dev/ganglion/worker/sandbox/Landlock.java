package dev.ganglion.worker.sandbox;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The kernel's own means by which a thread gives up rights, for itself and for what it starts, and
 * needs no privilege for it. So a thread is made, restricted, starts the process and ends; the rest
 * of this process keeps its rights.
 *
 * <p>Java's own thread that waits for the process to end is made by that thread and restricted as
 * well; it opens no file.
 */
final class Landlock implements Sandbox {
    private static final long VERSION = 1;
    private static final long RULE_PATH_BENEATH = 1;
    private static final long PR_SET_NO_NEW_PRIVS = 38;
    private static final long AT_FDCWD = -100;
    private static final long O_PATH_CLOEXEC = 0x200000 | 0x80000;

    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_FOLDER = 1 << 3;
    private static final long REMOVE_FOLDER = 1 << 4;
    private static final long REMOVE_FILE = 1 << 5;
    private static final long MAKE_FOLDER = 1 << 7;
    private static final long MAKE_FILE = 1 << 8;
    private static final long MAKE_SOCKET = 1 << 9;
    private static final long TRUNCATE = 1 << 14;
    private static final long READ = READ_FILE | READ_FOLDER;
    private static final long WRITE =
            READ
                    | WRITE_FILE
                    | REMOVE_FOLDER
                    | REMOVE_FILE
                    | MAKE_FOLDER
                    | MAKE_FILE
                    | MAKE_SOCKET
                    | TRUNCATE;
    private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;

    private final Kernel kernel;
    private final SocketFilter sockets;
    private final int version;

    private Landlock(Kernel kernel, int version) {
        this.kernel = kernel;
        this.version = version;
        sockets = new SocketFilter(kernel);
    }

    /** {@return Landlock where the kernel has it and it is switched on, else null} */
    static @Nullable Sandbox find() {
        try {
            Kernel kernel = Kernel.find();
            if (kernel == null) {
                return null;
            }
            long version = kernel.call(Kernel.LANDLOCK_CREATE_RULESET, 0, 0, VERSION);
            return version < 1 ? null : new Landlock(kernel, (int) version);
        } catch (LinkageError absent) {
            LoggerFactory.getLogger(Landlock.class)
                    .warn("Landlock is not used, for JNA cannot be loaded", absent);
            return null;
        }
    }

    @Override
    public String name() {
        return "landlock (ABI " + version + ")";
    }

    @Override
    public Process start(ProcessBuilder builder, Access access) throws IOException {
        long rules = rules(access);
        try {
            Restricted restricted = new Restricted(kernel, sockets, rules, builder);
            Thread thread = new Thread(restricted, "ganglion-worker-start");
            thread.start();
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return restricted.process();
        } finally {
            kernel.call(kernel.close, rules);
        }
    }

    /** A rule set that denies all that this kernel can deny, but for this. */
    private long rules(Access access) throws IOException {
        long files = version >= 5 ? 0xffff : version >= 3 ? 0x7fff : version >= 2 ? 0x3fff : 0x1fff;
        ByteBuffer attributes = Kernel.memory(24);
        attributes.putLong(0, files);
        // TCP: binding and connecting. Scope: abstract sockets and signals of others.
        attributes.putLong(8, version >= 4 ? 3 : 0);
        attributes.putLong(16, version >= 6 ? 3 : 0);
        long bytes = version >= 6 ? 24 : version >= 4 ? 16 : 8;
        long rules =
                kernel.call(Kernel.LANDLOCK_CREATE_RULESET, Kernel.address(attributes), bytes, 0);
        Reference.reachabilityFence(attributes);
        if (rules < 0) {
            throw new IOException("Landlock made no rule set, error " + Kernel.errno());
        }
        try {
            allow(rules, access.executable(), (READ | EXECUTE) & files);
            allow(rules, access.readable(), READ & files);
            allow(rules, access.writable(), WRITE & files);
        } catch (IOException refused) {
            kernel.call(kernel.close, rules);
            throw refused;
        }
        return rules;
    }

    private void allow(long rules, List<Path> paths, long rights) throws IOException {
        for (Path path : paths) {
            ByteBuffer name = Kernel.text(path.toString());
            long file = kernel.call(kernel.openat, AT_FDCWD, Kernel.address(name), O_PATH_CLOEXEC);
            Reference.reachabilityFence(name);
            if (file < 0) {
                continue;
            }
            ByteBuffer rule = Kernel.memory(16);
            rule.putLong(0, Files.isDirectory(path) ? rights : rights & OF_FILES);
            rule.putInt(8, (int) file);
            long added =
                    kernel.call(
                            Kernel.LANDLOCK_ADD_RULE,
                            rules,
                            RULE_PATH_BENEATH,
                            Kernel.address(rule),
                            0);
            int error = Kernel.errno();
            Reference.reachabilityFence(rule);
            kernel.call(kernel.close, file);
            if (added != 0) {
                throw new IOException("Landlock took no rule for " + path + ", error " + error);
            }
        }
    }

    /**
     * What runs on the thread that gives up its rights. It must need no class that was not loaded
     * before: a class whose file it may not read any more would be missing for the whole process.
     */
    private static final class Restricted implements Runnable {
        private final Kernel kernel;
        private final SocketFilter sockets;
        private final long rules;
        private final ProcessBuilder builder;
        private @Nullable Process process;
        private @Nullable Throwable failure;
        private boolean restricted;
        private int error;

        Restricted(Kernel kernel, SocketFilter sockets, long rules, ProcessBuilder builder) {
            this.kernel = kernel;
            this.sockets = sockets;
            this.rules = rules;
            this.builder = builder;
        }

        @Override
        public void run() {
            try {
                restricted =
                        kernel.call(kernel.prctl, PR_SET_NO_NEW_PRIVS, 1) == 0
                                && kernel.call(Kernel.LANDLOCK_RESTRICT_SELF, rules, 0) == 0
                                && sockets.apply();
                if (restricted) {
                    process = builder.start();
                } else {
                    error = Kernel.errno();
                }
            } catch (Throwable failed) {
                failure = failed;
            }
        }

        Process process() throws IOException {
            if (process != null) {
                return process;
            }
            throw new IOException(
                    restricted
                            ? "the process could not be started: " + failure
                            : "the kernel did not restrict the process, error " + error,
                    failure);
        }
    }
}
