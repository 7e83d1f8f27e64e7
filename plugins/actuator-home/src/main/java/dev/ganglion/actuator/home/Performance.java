package dev.ganglion.actuator.home;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One intent being performed in a home: what each of the deeds in the table of {@link Intent} does.
 *
 * @param lines takes the lines of JSON
 * @param changes gets what was changed
 */
record Performance(
        Home home,
        Intent intent,
        Given given,
        Clock clock,
        Consumer<String> lines,
        List<Home.Change> changes) {
    private static final long BRIGHTNESS_STEP = 20;
    private static final long VOLUME_STEP = 10;
    private static final int MAXIMUM_ITEMS = 200;

    /** Something that is done to the timers. */
    @FunctionalInterface
    interface TimerDeed {
        void accept(Plan plan, Given given, Instant now, Map<String, Object> state);
    }

    private Plan plan() {
        return home.plan();
    }

    private List<Plan.Item> meant() {
        return Selection.of(plan(), intent, given);
    }

    private void change(List<Plan.Item> items, BiConsumer<Plan.Item, Map<String, Object>> change) {
        home.change(items, change, lines, changes);
    }

    void turnOn() {
        List<Plan.Item> items = turned();
        change(items, (item, state) -> turnOn(item.kind(), state));
        // Scenes and scripts have no state that could change; that they ran is what happened.
        home.tell(
                items.stream().filter(item -> item.kind().two == Kind.Two.NONE).toList(),
                (item, state) -> Map.of("run", item.kind().word()),
                lines);
    }

    private static void turnOn(Kind kind, Map<String, Object> state) {
        if (kind.two != Kind.Two.NONE) {
            kind.on(state);
        }
    }

    /** Without a name, every vacuum cleaner returns. */
    void returnToBase() {
        change(meant(), (item, state) -> item.kind().off(state));
    }

    void turnOff() {
        change(turned(), (item, state) -> item.kind().off(state));
    }

    /**
     * Whoever names a place only means its lights: doors do not open by the way. Scenes and scripts
     * run by name only.
     */
    private List<Plan.Item> turned() {
        return turned(plan(), intent, given);
    }

    static List<Plan.Item> turned(Plan plan, Intent intent, Given given) {
        if (given.values().isEmpty()) {
            throw plan.input(intent.name() + " needs a domain, a name, an area or a floor");
        }
        List<Plan.Item> meant = Selection.of(plan, intent, given);
        if (given.has("name") && !Plan.isEveryRoom(Plan.said(given.text("name", "")))) {
            return meant;
        }
        boolean isPlain = !given.has("domain") && !given.has("device_class");
        List<Plan.Item> turned =
                meant.stream()
                        .filter(
                                item ->
                                        isPlain
                                                ? item.kind() == Kind.LIGHT
                                                : item.kind().two != Kind.Two.NONE)
                        .toList();
        if (turned.isEmpty()) {
            throw plan.input(
                    intent.name()
                            + given
                            + (isPlain
                                    ? " means lights, and there are none; name the domain"
                                    : " needs a name; there are: " + Selection.names(meant)));
        }
        return turned;
    }

    void getState() {
        if (given.values().isEmpty()) {
            throw plan().input("HassGetState needs a domain, a name, an area or a floor");
        }
        List<Plan.Item> items = meant();
        if (!given.has("state")) {
            home.tell(items, (item, state) -> Map.of(), lines);
            return;
        }
        String asked = given.word("state", IntentParameters.states(items));
        home.tell(
                items,
                (item, state) -> {
                    Map<String, Object> more = new LinkedHashMap<>();
                    more.put("asked", asked);
                    more.put("answer", isIn(asked, item.kind().stateWord(state)));
                    return more;
                },
                lines);
    }

    private static boolean isIn(String asked, String state) {
        return asked.equals("not_home") ? !state.equals("home") : asked.equals(state);
    }

    void lightSet() {
        boolean isStep = given.has("brightness_step");
        if (!given.has("brightness") && !isStep && !given.has("color")) {
            throw plan().input("HassLightSet needs a brightness, a brightness_step or a color");
        }
        long brightness = given.has("brightness") ? given.whole("brightness") : -1;
        long step =
                !isStep
                        ? 0
                        : "up".equals(given.word("brightness_step", IntentParameters.STEPS))
                                ? BRIGHTNESS_STEP
                                : -BRIGHTNESS_STEP;
        @Nullable String colour =
                given.has("color") ? given.word("color", IntentParameters.COLOURS) : null;
        change(
                meant(),
                (item, state) -> {
                    if (colour != null) {
                        state.put("on", true);
                        state.put("colour", colour);
                    }
                    if (brightness >= 0) {
                        Lights.set(state, brightness);
                    } else if (isStep) {
                        Lights.step(state, step);
                    }
                });
    }

    void setPosition() {
        long position = given.whole("position");
        change(meant(), (item, state) -> state.put("position", position));
    }

    void setTemperature() {
        double temperature = given.number("temperature");
        List<Plan.Item> items = meant();
        plan().checkTemperature(items, temperature);
        change(items, (item, state) -> state.put("temperature", temperature));
    }

    /** Sensors are asked where they are meant; without a name or an area, thermostats are. */
    void getTemperature() {
        home.tell(measuring(meant(), plan(), given), (item, state) -> Map.of(), lines);
    }

    static List<Plan.Item> measuring(List<Plan.Item> meant, Plan plan, Given given) {
        List<Plan.Item> items =
                meant.stream()
                        .filter(
                                item ->
                                        item.kind() == Kind.THERMOSTAT
                                                || item.deviceClass().equals("temperature"))
                        .toList();
        if (items.isEmpty()) {
            throw plan.input("nothing measures a temperature for " + given);
        }
        return items;
    }

    /** An area or a floor is what is cleaned, not where the vacuum cleaner stands. */
    void vacuumStart() {
        String where = Plan.ALL;
        if (given.has("area")) {
            Plan.@Nullable Room area = plan().area(given.text("area", ""));
            where = area == null ? Plan.ALL : area.name();
        } else if (given.has("floor")) {
            where = plan().floor(given.text("floor", ""));
        }
        String cleaning = where;
        change(
                byName(plan(), intent, given),
                (item, state) -> {
                    item.kind().on(state);
                    state.put("cleaning", cleaning);
                });
    }

    /** {@return what is meant wherever it is} */
    static List<Plan.Item> byName(Plan plan, Intent intent, Given given) {
        Map<String, Object> name =
                given.has("name") ? Map.of("name", given.text("name", "")) : Map.of();
        return Selection.of(plan, intent, new Given(plan, intent.name(), name));
    }

    void play() {
        String query = given.text("search_query", "").strip();
        if (query.isEmpty()) {
            throw plan().input("HassMediaSearchAndPlay needs a search_query");
        }
        if (given.has("media_class")) {
            given.word("media_class", IntentParameters.MEDIA_CLASSES);
        }
        // Nobody wants it twice: without a name, the first player in the file or the area plays.
        change(
                meant().subList(0, 1),
                (item, state) -> {
                    item.kind().on(state);
                    state.put("playing", query);
                    state.remove("paused");
                });
    }

    void pause() {
        change(players(), (item, state) -> state.put("paused", true));
    }

    void unpause() {
        change(players(), (item, state) -> state.remove("paused"));
    }

    /**
     * @param direction next or previous
     */
    void skip(String direction) {
        home.tell(players(), (item, state) -> Map.of("skipped", direction), lines);
    }

    /** {@return those of the meant players that play something, or are paused in it} */
    private List<Plan.Item> players() {
        List<Plan.Item> meant = meant();
        List<Plan.Item> playing = home.those(meant, (item, state) -> state.containsKey("playing"));
        if (playing.isEmpty()) {
            throw plan().input(
                            "nothing is playing on: "
                                    + String.join(
                                            ", ", meant.stream().map(Plan.Item::where).toList()));
        }
        return playing;
    }

    void volume() {
        long level = given.whole("volume_level");
        change(
                meant(),
                (item, state) -> {
                    state.put("volume", level);
                    state.put("muted", false);
                });
    }

    void volumeStep() {
        boolean isUp = "up".equals(given.word("volume_step", IntentParameters.STEPS));
        change(
                meant(),
                (item, state) -> {
                    long now = state.get("volume") instanceof Long volume ? volume : 0;
                    long next = now + (isUp ? VOLUME_STEP : -VOLUME_STEP);
                    state.put("volume", Math.max(0, Math.min(100, next)));
                    if (isUp) {
                        state.put("muted", false);
                    }
                });
    }

    void mute() {
        change(meant(), (item, state) -> state.put("muted", true));
    }

    void broadcast() {
        String message = given.text("message", "").strip();
        if (message.isEmpty()) {
            throw plan().input("HassBroadcast needs a message");
        }
        home.tell(meant(), (item, state) -> Map.of("broadcast", message), lines);
    }

    void addItem() {
        String added = item();
        changeList(
                (list, items) -> {
                    if (items.size() == MAXIMUM_ITEMS) {
                        throw plan().input(
                                        "the "
                                                + list.name()
                                                + " has "
                                                + MAXIMUM_ITEMS
                                                + " items already; complete one first");
                    }
                    if (!items.contains(added)) {
                        items.add(added);
                    }
                });
    }

    void completeItem() {
        String done = item();
        changeList(
                (list, items) -> {
                    if (!items.remove(done)) {
                        throw plan().input(
                                        "the "
                                                + list.name()
                                                + " has no '"
                                                + done
                                                + "'; it has: "
                                                + (items.isEmpty()
                                                        ? "nothing"
                                                        : String.join(", ", items)));
                    }
                });
    }

    private String item() {
        String item = Plan.said(given.text("item", ""));
        if (item.isEmpty()) {
            throw plan().input(intent.name() + " needs an item");
        }
        return item;
    }

    static List<Plan.Item> lists(Plan plan, Intent intent, Given given) {
        Plan.@Nullable Item shopping = plan.shoppingList();
        return given.has("name") || shopping == null
                ? Selection.of(plan, intent, given)
                : List.of(shopping);
    }

    private void changeList(BiConsumer<Plan.Item, List<String>> change) {
        change(
                lists(plan(), intent, given),
                (list, state) -> {
                    List<String> items = new ArrayList<>();
                    if (state.get("items") instanceof List<?> before) {
                        before.forEach(each -> items.add(String.valueOf(each)));
                    }
                    change.accept(list, items);
                    state.put("items", List.copyOf(items));
                });
    }

    void timers(TimerDeed deed) {
        change(
                List.of(Timers.ITEM),
                (item, state) -> deed.accept(plan(), given, clock.instant(), state));
    }

    void timerStatus() {
        timersAreUpToDate();
        home.tell(List.of(Timers.ITEM), (item, state) -> Map.of(), lines);
    }

    /** Forgetting what is over is no change that anybody wants to take back or hear of. */
    private void timersAreUpToDate() {
        home.change(
                List.of(Timers.ITEM),
                (item, state) -> Timers.look(plan(), given, clock.instant(), state),
                line -> {},
                new ArrayList<>());
    }

    /** Says what the state of the meant things is. */
    void tell() {
        home.tell(meant(), (item, state) -> Map.of(), lines);
    }

    void time() {
        LocalTime now = LocalTime.now(clock).truncatedTo(ChronoUnit.SECONDS);
        lines.accept(Home.json(Map.of("time", now.toString())));
    }

    void date() {
        lines.accept(Home.json(Map.of("date", LocalDate.now(clock).toString())));
    }
}
