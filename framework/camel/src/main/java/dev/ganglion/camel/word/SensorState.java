package dev.ganglion.camel.word;

/** How far a sensor is, for those who end when it does. */
public interface SensorState {
    /** {@return whether everything that is there for now was handled} */
    boolean caughtUp();

    /** {@return what it takes for its device to be back, empty while the device is there} */
    String away();

    /** {@return whether everything was handled and nothing will come any more} */
    boolean ended();
}
