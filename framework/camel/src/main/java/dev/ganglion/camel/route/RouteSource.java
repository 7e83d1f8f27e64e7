package dev.ganglion.camel.route;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.camel.route.RouteAddresses.Address;
import dev.ganglion.camel.route.RouteAddresses.PlacedStep;
import dev.ganglion.camel.word.Replay;
import dev.ganglion.camel.word.Sentences;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.record.RecordingHeader;
import dev.ganglion.runtime.wiring.CascadeFile;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.Wiring;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/** One route file, parsed: its routes with their addresses, before anything of it runs. */
final class RouteSource {
    private static final Pattern YAML_LINE = Pattern.compile("line (\\d+), column (\\d+)");

    private final CamelContext camel;
    private final Path file;
    private final String content;
    private final RouteBuilder builder;
    private final List<RouteDefinition> routes;
    private final RouteAddresses addresses;
    private final List<String> ids = new ArrayList<>();
    private final Set<Endpoint> endpoints = new LinkedHashSet<>();
    private final Map<String, RouteStep> segmenters = new LinkedHashMap<>();
    private String replayed = "";

    /** The recording stands for messages of a Camel component, which nobody knows the type of. */
    private boolean headless;

    private RouteSource(
            CamelContext camel,
            Path file,
            String content,
            RouteBuilder builder,
            List<RouteDefinition> routes) {
        this.camel = camel;
        this.file = file;
        this.content = content;
        this.builder = builder;
        this.routes = routes;
        this.addresses = new RouteAddresses(camel, file, folder());
    }

    /**
     * Parses a file.
     *
     * @throws GanglionException of kind SETUP with file and line when it is not a route file
     */
    static RouteSource parse(CamelContext camel, Path file, String content) {
        try {
            Resource resource =
                    ResourceHelper.fromBytes(
                            "file:" + file, content.getBytes(StandardCharsets.UTF_8));
            Collection<RoutesBuilder> builders =
                    PluginHelper.getRoutesLoader(camel).findRoutesBuilders(resource);
            for (RoutesBuilder each : builders) {
                if (each instanceof RouteBuilder builder) {
                    List<RouteDefinition> routes = builder.configureRoutes(camel).getRoutes();
                    if (routes.isEmpty()) {
                        break;
                    }
                    RouteSource source = new RouteSource(camel, file, content, builder, routes);
                    source.name();
                    return source;
                }
            }
        } catch (GanglionException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            throw new GanglionException(
                    Kind.SETUP,
                    file
                            + line(e)
                            + ": this is no route: "
                            + Sentences.of(e)
                            + "; mend the line, the file is loaded again when it is saved",
                    e);
        }
        throw new GanglionException(
                Kind.SETUP,
                file
                        + ": there is no route in it; a route file begins with '- route:' (YAML) or <routes> (XML)");
    }

    /**
     * Finds the line that a parser complained about; YAML says it in words, XML by an accessor of
     * its exception.
     */
    private static String line(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            Matcher words = YAML_LINE.matcher(String.valueOf(each.getMessage()));
            if (words.find()) {
                return ":" + words.group(1);
            }
            if (each instanceof org.apache.camel.xml.io.XmlPullParserException xml
                    && xml.getLineNumber() > 0) {
                return ":" + xml.getLineNumber();
            }
        }
        return "";
    }

    private void name() {
        String base = String.valueOf(file.getFileName()).replaceAll("\\.camel\\.(yaml|xml)$", "");
        Path folder = file.getParent();
        if (base.equals("route") && folder != null && folder.getFileName() != null) {
            base = folder.getFileName().toString();
        }
        for (int i = 0; i < routes.size(); i++) {
            RouteDefinition route = routes.get(i);
            String id = route.hasCustomIdAssigned() ? route.getId() : null;
            if (id == null) {
                id = routes.size() == 1 ? base : base + "-" + (i + 1);
                route.setId(id);
            }
            if (ids.contains(id)) {
                throw new GanglionException(
                        Kind.SETUP,
                        addresses.at(route.getInput().getLineNumber())
                                + ": two routes of the file have the id '"
                                + id
                                + "'; give one of them another id");
            }
            ids.add(id);
        }
    }

    /**
     * Has the route that was recorded begin with the recording; other routes that are fed from
     * outside are left out.
     */
    void replay(Replay replay) {
        RouteReplay rewriting = new RouteReplay(replay, addresses::resolved);
        List<@Nullable String> begin = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            begin.add(isInternal(routes.get(i)) ? null : ids.get(i));
        }
        int chosen = rewriting.chosen(file.toString(), begin);
        replayed = ids.get(chosen);
        headless = replay.recording().header().input() == null;
        rewriting.begin(routes.get(chosen));
        for (int i = routes.size() - 1; i >= 0; i--) {
            if (begin.get(i) != null && i != chosen) {
                routes.remove(i);
                ids.remove(i);
            } else {
                rewriting.keepInside(routes.get(i));
            }
        }
    }

    /** {@return the id of the route that begins with a recording, or empty} */
    String replayed() {
        return replayed;
    }

    private boolean isInternal(RouteDefinition route) {
        String uri = addresses.resolved(route.getInput().getUri());
        return uri.startsWith("direct:") || uri.startsWith("seda:");
    }

    /** Has messages recorded with which Camel components begin routes, when that is asked for. */
    void watchHeads(Words words) {
        for (int i = 0; i < routes.size(); i++) {
            if (!isInternal(routes.get(i))
                    && !RouteAddresses.isWord(
                            addresses.resolved(routes.get(i).getInput().getUri()))) {
                routes.get(i).routePolicy(words.head(ids.get(i)));
            }
        }
    }

    /** {@return what a recording says of a route and of the models that are there now} */
    RecordingHeader header(String id, Words words) {
        Map<String, RecordingHeader.UsedModel> models = new LinkedHashMap<>();
        for (RouteDefinition route : routes) {
            for (PlacedStep placed : addresses.steps(route, headless)) {
                for (String model : CascadeFile.models(placed.step())) {
                    RecordingHeader.UsedModel used = words.usedModel(model);
                    if (used != null) {
                        models.put(model, used);
                    }
                }
            }
        }
        return new RecordingHeader(
                id,
                file.toAbsolutePath().normalize().toString(),
                sha256(content),
                models,
                words.placeholders(),
                "",
                null);
    }

    private static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    String content() {
        return content;
    }

    RouteBuilder builder() {
        return builder;
    }

    List<String> ids() {
        return ids;
    }

    Path folder() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** {@return what must come before the file can run, as the end of a sentence, or null} */
    @Nullable String missing(Wiring wiring) {
        return missing(wiring, false);
    }

    /** {@return what stops the file's routes when they run already, or null} */
    @Nullable String stopping(Wiring wiring) {
        return missing(wiring, true);
    }

    private @Nullable String missing(Wiring wiring, boolean runs) {
        for (RouteDefinition route : routes) {
            for (Address address : addresses.of(route)) {
                String scheme = RouteAddresses.scheme(address.uri());
                if (!scheme.isEmpty()
                        && !Words.ALL.contains(scheme)
                        && camel.getComponent(scheme, true, false) == null) {
                    return "the Camel component '"
                            + scheme
                            + "' of '"
                            + address.uri()
                            + "' (line "
                            + address.line()
                            + "); drop its bundle into the folder bundles";
                }
            }
            List<RouteStep> steps =
                    addresses.steps(route, headless).stream().map(PlacedStep::step).toList();
            String missing = runs ? wiring.stopping(steps) : wiring.missing(steps);
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    /**
     * Compares the steps of each route, ties their addresses to it, and has Camel check the other
     * addresses. Nothing that runs is touched.
     *
     * @throws GanglionException of kind SETUP with file and line
     */
    void check(Wiring wiring) {
        for (int i = 0; i < routes.size(); i++) {
            RouteDefinition route = routes.get(i);
            refuseMisplaced(route);
            tie(route, ids.get(i));
            List<RouteStep> steps = new ArrayList<>();
            for (PlacedStep placed : addresses.steps(route, headless)) {
                steps.add(placed.step());
                try {
                    // One step more each time, so that the one that does not fit is known.
                    wiring.check(steps);
                } catch (GanglionException e) {
                    throw new GanglionException(
                            e.kind(), addresses.at(placed.line()) + ": " + e.getMessage(), e);
                }
            }
        }
        for (int i = 0; i < routes.size(); i++) {
            addresses.of(routes.get(i)).stream()
                    .filter(each -> !RouteAddresses.isWord(each.uri()))
                    .forEach(this::resolve);
            hoist(routes.get(i), ids.get(i), wiring);
        }
    }

    /**
     * What finds utterances works before there is a message, because several may end within one
     * sample: the step becomes a part of the beginning of its route.
     */
    private void hoist(RouteDefinition route, String id, Wiring wiring) {
        List<ProcessorDefinition<?>> outputs = route.getOutputs();
        for (ProcessorDefinition<?> output : List.copyOf(outputs)) {
            if (output instanceof ToDefinition to
                    && RouteAddresses.isWord(addresses.resolved(to.getUri()))) {
                RouteStep step =
                        RouteAddresses.untied(addresses.step(addresses.resolved(to.getUri())));
                if (wiring.segments(step)) {
                    segmenters.put(id, step);
                    outputs.remove(output);
                }
            }
        }
    }

    /** {@return the step that finds the utterances in what the route's sensor gives, or null} */
    @Nullable RouteStep segmenter(String id) {
        return segmenters.get(id);
    }

    private void resolve(Address address) {
        try {
            endpoints.add(camel.getEndpoint(address.uri()));
        } catch (RuntimeException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    addresses.at(address.line()) + ": " + Sentences.of(e) + options(address, e),
                    e);
        }
    }

    /** {@return which options there are, when one was given that there is not} */
    private String options(Address address, Throwable thrown) {
        EndpointUriFactory known =
                Sentences.of(thrown).contains("Unknown parameters")
                        ? camel.getCamelContextExtension()
                                .getEndpointUriFactory(RouteAddresses.scheme(address.uri()))
                        : null;
        return known == null
                ? ""
                : "; it has: " + String.join(", ", new TreeSet<>(known.propertyNames()));
    }

    /** {@return the file, with the line of the step that a sentence begins with if it does} */
    String at(String sentence) {
        for (RouteDefinition route : routes) {
            for (PlacedStep placed : addresses.steps(route, headless)) {
                if (sentence.startsWith(placed.step() + ": ")) {
                    return addresses.at(placed.line());
                }
            }
        }
        return addresses.at(0);
    }

    /** {@return at which addresses its routes listen, for messages} */
    String listening() {
        return routes.stream()
                .map(RouteDefinition::getInput)
                .map(from -> addresses.address(from.getUri(), from.getLineNumber(), true))
                .filter(address -> !RouteAddresses.isWord(address.uri()))
                .map(address -> "'" + address.uri() + "' (line " + address.line() + ")")
                .collect(Collectors.joining(", "));
    }

    /** {@return the addresses that are not words, once they were {@link #check}ed} */
    Set<Endpoint> endpoints() {
        return endpoints;
    }

    /** A word under anything but {@code from:} and {@code to:} would belong to no route. */
    private void refuseMisplaced(RouteDefinition route) {
        List<Address> all = addresses.of(route);
        for (Address address : all) {
            boolean first = address == all.get(0);
            boolean senses = RouteAddresses.scheme(address.uri()).equals("sense");
            if (RouteAddresses.isWord(address.uri()) && first != senses) {
                throw new GanglionException(
                        Kind.SETUP,
                        addresses.at(address.line())
                                + ": '"
                                + address.uri()
                                + (first
                                        ? "' cannot begin a route; write it after 'to:', and begin with sense: or a Camel component"
                                        : "' begins a route; write it after 'from:', not after 'to:'"));
            }
            if (RouteAddresses.isWord(address.uri()) && !address.fixed()) {
                throw new GanglionException(
                        Kind.SETUP,
                        addresses.at(address.line())
                                + ": '"
                                + address.uri()
                                + "' stands where addresses may change with each message; write it"
                                + " under 'to:', in a route of its own if need be (direct:)");
            }
        }
    }

    /**
     * Adds to each address which route it belongs to, and to sensor and encoders which model they
     * work for.
     */
    private void tie(RouteDefinition route, String id) {
        List<ToDefinition> outputs = RouteAddresses.outputs(route, ToDefinition.class);
        String model = "";
        for (int i = outputs.size() - 1; i >= 0; i--) {
            ToDefinition to = outputs.get(i);
            String uri = addresses.resolved(to.getUri());
            if (RouteAddresses.scheme(uri).equals("infer")) {
                model = addresses.step(uri).name();
            }
            to.setUri(tied(to.getUri(), id, model));
        }
        FromDefinition from = route.getInput();
        from.setUri(tied(from.getUri(), id, model));
    }

    private String tied(String written, String id, String model) {
        String uri = addresses.resolved(written);
        if (!RouteAddresses.isWord(uri)) {
            return written;
        }
        RouteStep step = addresses.step(uri);
        if (step.parameters().containsKey(Words.ROUTE)) {
            throw new GanglionException(
                    Kind.SETUP,
                    file
                            + ": "
                            + written
                            + " says '"
                            + Words.ROUTE
                            + "', which is said by the framework only; leave it out");
        }
        boolean works =
                (step.word().equals("encode") || step.word().equals("sense"))
                        && !step.parameters().containsKey("model")
                        && !model.isEmpty();
        String tied = uri;
        if (works) {
            tied += (tied.contains("?") ? "&" : "?") + "model=" + model;
        }
        return tied + (tied.contains("?") ? "&" : "?") + Words.ROUTE + "=RAW(" + id + ")";
    }
}
