package dev.ganglion.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of a process, as Linux tells it; 0 elsewhere. */
final class ProcessMemory {
    private static final String RESIDENT = "VmRSS:";

    private final Process process;
    private final boolean indirect;

    /**
     * Of one process.
     *
     * @param indirect whether it is its descendants that count
     */
    ProcessMemory(Process process, boolean indirect) {
        this.process = process;
        this.indirect = indirect;
    }

    long residentBytes() {
        if (!indirect) {
            return residentBytes(process.pid());
        }
        return ProcessHandle.of(process.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(each -> residentBytes(each.pid()))
                .sum();
    }

    private static long residentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(RESIDENT)) {
                    String kilobytes = line.substring(RESIDENT.length()).replaceAll("[^0-9]", "");
                    return Long.parseLong(kilobytes) << 10;
                }
            }
        } catch (IOException gone) {
            return 0;
        }
        return 0;
    }

    /** When the machine's memory runs out, the kernel shall end this process and not ours. */
    void giveUpFirst() {
        try {
            Files.writeString(Path.of("/proc/" + process.pid() + "/oom_score_adj"), "500");
        } catch (IOException notHere) {
            // Then the kernel chooses by size alone.
        }
    }
}
