package dev.ganglion.worker;

import dev.ganglion.worker.sandbox.Access;
import dev.ganglion.worker.sandbox.Sandbox;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command, the environment and the rights of a worker. */
final class JavaProcess {
    static final String CRASH_FILE = "crash.log";

    private static final Path HOME = Path.of(System.getProperty("java.home", "/"));
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "ORT_DISABLE_TELEMETRY", "1",
                    "OPT_OUT_TRACKING", "true",
                    "MALLOC_ARENA_MAX", "1",
                    "MALLOC_TRIM_THRESHOLD_", "65536",
                    "LANG", "C.UTF-8");

    /** What the loader of programs, the C library and the JVM read when they start. */
    private static final List<Path> OF_THE_SYSTEM =
            paths(
                    "/etc/ld.so.cache",
                    "/etc/ld.so.conf",
                    "/etc/ld.so.conf.d",
                    "/etc/ld.so.preload",
                    "/dev/urandom",
                    "/dev/random",
                    "/proc/cpuinfo",
                    "/proc/meminfo",
                    "/proc/stat",
                    "/proc/version",
                    "/proc/filesystems",
                    "/proc/sys/vm",
                    "/proc/sys/kernel",
                    "/sys/devices/system/cpu",
                    "/sys/devices/system/node",
                    "/sys/fs/cgroup",
                    "/sys/kernel/mm");

    private static final List<Path> LIBRARIES =
            paths("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64");

    private static List<Path> ofJava = List.of();

    private JavaProcess() {}

    private static List<Path> paths(String... names) {
        return Stream.of(names).map(Path::of).toList();
    }

    /**
     * Starts a worker.
     *
     * @param own the worker's working folder
     * @param shared the folder that it shares with this process
     */
    static Process start(Plan plan, Settings settings, Sandbox sandbox, Path own, Path shared)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command(plan, settings, own, shared))
                        .directory(own.toFile())
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        return sandbox.start(builder, access(plan, own, shared));
    }

    private static List<String> command(Plan plan, Settings settings, Path own, Path shared) {
        long megabytes = settings.memoryMegabytes();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                HOME.resolve("bin").resolve("java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:ReservedCodeCacheSize=32m",
                                "-Xss512k",
                                "-Xms8m",
                                "-Xmx" + Math.max(8, megabytes / 2) + "m",
                                "-XX:MaxDirectMemorySize=" + megabytes + "m",
                                "-XX:-UsePerfData",
                                "-XX:+DisableAttachMechanism",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-XX:-CreateCoredumpOnCrash",
                                "-XX:ErrorFile=" + own.resolve(CRASH_FILE),
                                "-Xshare:auto",
                                "-Djava.io.tmpdir=" + own,
                                "-Djna.tmpdir=" + own,
                                "-Duser.home=" + own,
                                "-Dfile.encoding=UTF-8",
                                "-Dai.djl.offline=true"));
        if (plan.natives() != null) {
            command.add("-Dganglion.natives=" + plan.natives());
        }
        command.add("-cp");
        command.add(
                plan.classPath().stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)));
        command.add("dev.ganglion.worker.child.Main");
        command.add(shared.toString());
        command.add(Long.toString(settings.heartbeatMillis()));
        return command;
    }

    private static Access access(Plan plan, Path own, Path shared) throws IOException {
        Set<Path> executable = new LinkedHashSet<>(LIBRARIES);
        executable.add(HOME);
        executable.addAll(linkedFromJava());
        Set<Path> readable = new LinkedHashSet<>(OF_THE_SYSTEM);
        readable.addAll(plan.classPath());
        readable.addAll(plan.readable());
        if (plan.natives() != null) {
            readable.add(Path.of(plan.natives()));
        }
        return new Access(
                List.copyOf(executable),
                List.copyOf(readable),
                List.of(own, shared, Path.of("/dev/null")));
    }

    /** Some systems keep Java's settings elsewhere, and links to them in Java's folder. */
    private static synchronized List<Path> linkedFromJava() throws IOException {
        if (ofJava.isEmpty()) {
            Path home = HOME.toRealPath();
            Set<Path> found = new LinkedHashSet<>(List.of(home));
            try (Stream<Path> all = Files.walk(HOME, 5)) {
                for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                    if (Files.exists(link) && !link.toRealPath().startsWith(home)) {
                        found.add(link.toRealPath());
                    }
                }
            }
            ofJava = List.copyOf(found);
        }
        return ofJava;
    }
}
