package dev.ganglion.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What workers of this process have left. */
final class Left {
    private Left() {}

    static List<Path> folders(Path data) {
        List<Path> found = new ArrayList<>();
        for (Path folder : List.of(WorkerFolders.MEMORY, data.resolve("workers"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.list(folder)) {
                    all.filter(
                                    each ->
                                            String.valueOf(each.getFileName())
                                                    .startsWith(WorkerFolders.PREFIX))
                            .forEach(found::add);
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            }
        }
        return found;
    }

    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ganglion-worker"))
                .toList();
    }
}
