package dev.ganglion.actuator.home;

import dev.ganglion.api.data.GanglionException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which devices an intent means. A name says it best, and an area or a floor then only tells things
 * of the same name apart; without a name, domain, device class, area and floor select several. What
 * contradicts itself selects nothing.
 */
final class Selection {
    private Selection() {}

    /** {@return a name as people say it that do not stand in the room} */
    static String withRoom(String room, String name) {
        return name.startsWith(room) ? name : room + " " + name;
    }

    /**
     * {@return the devices that are meant; at least one}
     *
     * @throws GanglionException of kind INPUT when the home has no such thing, naming it and what
     *     there is, or when one of several may be meant
     */
    static List<Plan.Item> of(Plan plan, Intent intent, Given given) {
        List<Plan.Item> candidates =
                plan.items().stream().filter(item -> intent.kinds().contains(item.kind())).toList();
        List<Plan.Item> found = candidates;
        String what = "";
        if (given.has("domain")) {
            String domain = given.word("domain", IntentParameters.domains(found));
            found = only(found, item -> item.kind().domain.equals(domain));
            what = domain.replace('_', ' ');
        }
        if (given.has("device_class")) {
            String wanted = given.word("device_class", IntentParameters.deviceClasses(found));
            found = only(found, item -> item.deviceClass().equals(wanted));
            what = wanted.replace('_', ' ');
        }
        List<Plan.Item> ofKind = found;
        found = inPlace(plan, given, found);
        String name = Plan.said(given.text("name", ""));
        if (given.has("name") && name.isEmpty()) {
            throw plan.input(
                    given.intent() + " was given an empty name; leave it out, or say which");
        }
        if (name.isEmpty() || (intent.isForAll() && Plan.isEveryRoom(name))) {
            if (found.isEmpty()) {
                throw plan.input(
                        place(given)
                                + " has no "
                                + (what.isEmpty() ? "such device" : what)
                                + "; there are: "
                                + names(ofKind));
            }
            return found;
        }
        List<Plan.Item> named = only(ofKind, item -> isCalled(plan, item, name));
        if (named.isEmpty()) {
            throw plan.input(
                    "this home has no "
                            + (what.isEmpty() ? "" : what + " ")
                            + "'"
                            + given.text("name", "")
                            + "' for "
                            + given.intent()
                            + "; it has: "
                            + names(ofKind));
        }
        List<Plan.Item> meant = only(named, found::contains);
        if (meant.isEmpty()) {
            throw plan.input(
                    place(given)
                            + " has no '"
                            + given.text("name", "")
                            + "'; there is: "
                            + names(named));
        }
        if (meant.size() > 1 && !intent.isLook()) {
            throw plan.input(
                    "'"
                            + given.text("name", "")
                            + "' may be one of: "
                            + names(meant)
                            + "; name the area");
        }
        return meant;
    }

    private static boolean isCalled(Plan plan, Plan.Item item, String said) {
        if (item.isCalled(said)) {
            return true;
        }
        Plan.@Nullable Room room = item.room().isEmpty() ? null : plan.find(item.room());
        if (room == null) {
            return false;
        }
        if (said.startsWith(room.name() + " ")
                && item.isCalled(said.substring(room.name().length() + 1))) {
            return true;
        }
        for (String alias : room.aliases()) {
            if (said.startsWith(alias + " ") && item.isCalled(said.substring(alias.length() + 1))) {
                return true;
            }
        }
        return false;
    }

    /** {@return those that are in the area and on the floor, as far as these were said} */
    private static List<Plan.Item> inPlace(Plan plan, Given given, List<Plan.Item> items) {
        List<Plan.Item> found = items;
        if (given.has("area")) {
            Plan.@Nullable Room area = plan.area(given.text("area", ""));
            found = area == null ? found : only(found, item -> item.room().equals(area.name()));
        }
        if (given.has("floor")) {
            String floor = plan.floor(given.text("floor", ""));
            found =
                    only(
                            found,
                            item -> {
                                Plan.@Nullable Room room = plan.find(item.room());
                                return room != null && room.floor().equals(floor);
                            });
        }
        return found;
    }

    private static List<Plan.Item> only(List<Plan.Item> items, Predicate<Plan.Item> holds) {
        return items.stream().filter(holds).toList();
    }

    private static String place(Given given) {
        return given.has("area")
                ? "the area '" + given.text("area", "") + "'"
                : given.has("floor") ? "the floor '" + given.text("floor", "") + "'" : "this home";
    }

    /** {@return what devices are called, for messages} */
    static String names(List<Plan.Item> items) {
        return items.isEmpty()
                ? "none"
                : items.stream().map(Plan.Item::where).collect(Collectors.joining(", "));
    }
}
