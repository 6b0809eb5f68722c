// Two soft notes; three for what is urgent. Browsers are silent until a first tap: the one that
// fetched this file, or where that is too long ago for the browser, the next.
const NOTES = { calm: [523, 659], urgent: [659, 659, 784] };
const QUIET_BETWEEN = 3_000;
const MUTED = "educounsel:muted";

let audio = null;
let lastPlayed = 0;

const wake = () => {
  audio ??= new AudioContext();
  audio.resume();
};
for (const tap of ["click", "keydown"]) addEventListener(tap, wake, { once: true });
if (navigator.userActivation?.hasBeenActive) wake();

export function play(urgent) {
  if (!audio || localStorage.getItem(MUTED) || Date.now() - lastPlayed < QUIET_BETWEEN) return;
  lastPlayed = Date.now();
  NOTES[urgent ? "urgent" : "calm"].forEach((pitch, place) => note(pitch, audio.currentTime + place * 0.18));
  document.dispatchEvent(new CustomEvent("notification:sounded"));
}

function note(pitch, at) {
  const tone = new OscillatorNode(audio, { frequency: pitch });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.4);
}

// <input type="checkbox" data-sound-switch> turns the sound of this phone on and off.
const choice = document.querySelector("[data-sound-switch]");
if (choice) {
  choice.checked = !localStorage.getItem(MUTED);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(MUTED);
    else localStorage.setItem(MUTED, "1");
  });
}
