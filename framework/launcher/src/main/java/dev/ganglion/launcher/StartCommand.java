package dev.ganglion.launcher;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ganglion start}: the container as a service, with the routes of its own folder. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the container on the image's own folders until it is stopped: routes/, models/, bundles/ and etc/.",
            "Files that are dropped into them, changed or removed take effect while it runs.",
            ""
        })
final class StartCommand implements Callable<Integer> {
    @Option(names = "--routes", paramLabel = "FOLDER", description = "Another folder of routes.")
    private Path routes = Path.of("");

    @Override
    public Integer call() throws Exception {
        Path home = Container.home();
        Container container = Container.take();
        Path folder = routes.toString().isEmpty() ? home.resolve("routes") : routes;
        container.set("ganglion.routes", folder.toAbsolutePath().normalize().toString());
        Runtime.getRuntime().addShutdownHook(new Thread(container::close, "stop"));
        container.start(
                event -> {
                    if ("failed".equals(event.get("type"))) {
                        System.err.println(RunReport.failed(event));
                    } else if ("route".equals(event.get("type"))) {
                        Object sentence = event.get("sentence");
                        System.err.println(
                                "ganglion: "
                                        + ("".equals(sentence)
                                                ? event.get("file") + " is " + event.get("state")
                                                : sentence));
                    }
                });
        container.problems().forEach(problem -> System.err.println("ganglion: " + problem));
        System.err.println("ganglion: started on the routes of " + folder + "; Ctrl-C stops it");
        new CountDownLatch(1).await();
        return 0;
    }
}
