package dev.ganglion.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process and its children take, as Linux knows it.
 *
 * @param residentMegabytes the sum of their resident memory, in 10^6 bytes
 * @param threads the sum of their threads
 * @param handles the sum of their open files, sockets and the like
 * @param processes how many they are
 */
record Figures(double residentMegabytes, int threads, int handles, int processes) {
    static final double MEMORY_TOLERANCE = 5;
    static final int COUNT_TOLERANCE = 5;

    static Figures of(ProcessHandle process) throws IOException {
        List<ProcessHandle> all = new ArrayList<>(List.of(process));
        all.addAll(process.descendants().toList());
        double resident = 0;
        int threads = 0;
        int handles = 0;
        int processes = 0;
        for (ProcessHandle each : all) {
            Path folder = Path.of("/proc", Long.toString(each.pid()));
            try {
                for (String line : Files.readAllLines(folder.resolve("status"))) {
                    String[] words = line.split("\\s+");
                    if (line.startsWith("VmRSS:")) {
                        resident += Double.parseDouble(words[1]) * 1024 / 1e6;
                    } else if (line.startsWith("Threads:")) {
                        threads += Integer.parseInt(words[1]);
                    }
                }
                try (Stream<Path> open = Files.list(folder.resolve("fd"))) {
                    handles += (int) open.count();
                }
                processes++;
            } catch (NoSuchFileException ended) {
                // It ended between the list and the look.
            }
        }
        return new Figures(resident, threads, handles, processes);
    }

    /** {@return whether memory is no more than it was, but for what is allowed} */
    boolean fitsMemory(Figures before) {
        return residentMegabytes <= before.residentMegabytes + MEMORY_TOLERANCE;
    }

    /** {@return whether neither processes nor threads nor handles have gathered} */
    boolean fitsCounts(Figures before) {
        return processes <= before.processes
                && threads <= before.threads + COUNT_TOLERANCE
                && handles <= before.handles + COUNT_TOLERANCE;
    }
}
