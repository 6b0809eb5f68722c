// One page of a PDF: an empty box of the right shape that is drawn while it is near the screen.
import { TextLayer } from "../vendor/pdfjs/pdf.min.mjs";

// Cheap phones have sharp screens and little memory: more than this many pixels is not drawn.
const MOST_PIXELS = 5_000_000;

export class PdfPage {
  constructor(pdf, number) {
    this.pdf = pdf;
    this.number = number;
    this.element = document.createElement("div");
    this.element.className = "pdf-page";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", `Halaman ${number} dari ${pdf.numPages}`);
  }

  shape({ width, height }) {
    this.element.style.aspectRatio = `${width} / ${height}`;
  }

  async draw() {
    this.clear();
    const turn = this.turn;
    try {
      const layers = await this.layers();
      if (turn === this.turn) this.element.replaceChildren(...layers);
    } catch (error) {
      if (turn === this.turn) throw error;
    }
  }

  // What is still on its way then comes too late: its turn is over, and so is whatever went wrong.
  clear() {
    this.turn = Symbol();
    this.painting?.cancel();
    this.element.replaceChildren();
  }

  async layers() {
    const page = await this.pdf.getPage(this.number);
    const natural = page.getViewport({ scale: 1 });
    this.shape(natural);
    const scale = this.element.clientWidth / natural.width;
    return Promise.all([this.drawing(page, scale), this.words(page, scale)]);
  }

  async drawing(page, scale) {
    const canvas = document.createElement("canvas");
    const { width, height } = page.getViewport({ scale });
    const sharp = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (width * height)));
    const viewport = page.getViewport({ scale: scale * sharp });
    canvas.width = Math.round(viewport.width);
    canvas.height = Math.round(viewport.height);
    canvas.ariaHidden = "true";
    this.painting = page.render({ canvas, viewport });
    await this.painting.promise;
    return canvas;
  }

  async words(page, scale) {
    const container = document.createElement("div");
    container.className = "pdf-words";
    container.style.setProperty("--total-scale-factor", scale);
    const viewport = page.getViewport({ scale });
    await new TextLayer({ textContentSource: page.streamTextContent(), container, viewport }).render();
    return container;
  }
}
