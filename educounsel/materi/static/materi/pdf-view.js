// <section data-pdf="/address"> draws the pages of a PDF, each as it comes near the screen, and
// fetches of the file only what those need.
import { GlobalWorkerOptions, getDocument } from "../vendor/pdfjs/pdf.min.mjs";
import { PdfPage } from "./pdf-page.js";

const ZOOMS = [1, 1.25, 1.5, 2, 3];
const CHUNK = 64 * 1024;

export function start(view) {
  GlobalWorkerOptions.workerSrc = view.dataset.worker;
  const viewer = new PdfViewer(view);
  viewer.open();
  return () => viewer.close();
}

class PdfViewer {
  constructor(view) {
    this.view = view;
    this.sheet = view.querySelector(".pdf-pages");
    this.tools = view.querySelector(".pdf-tools");
    this.memory = `pdf:${view.dataset.edition}`;
    this.listening = new AbortController();
    this.pages = [];
    this.current = 1;
    this.zoom = ZOOMS[0];
    this.on("[data-again]", () => this.open());
    this.on("[data-previous]", () => this.turnTo(this.current - 1));
    this.on("[data-next]", () => this.turnTo(this.current + 1));
    this.on("[data-smaller]", () => this.magnify(ZOOMS.findLast((zoom) => zoom < this.zoom)));
    this.on("[data-larger]", () => this.magnify(ZOOMS.find((zoom) => zoom > this.zoom)));
    this.on("[data-fit]", () => this.magnify(ZOOMS[0]));
    addEventListener("hashchange", () => this.turnTo(this.asked()), this.listening);
  }

  async open() {
    this.show("[data-failed]", false);
    this.show("[data-opening]", true);
    try {
      await this.release();
      this.loading = getDocument(this.source());
      this.pdf = await this.loading.promise;
      await this.lay();
      this.tools.hidden = false;
      this.turnTo(this.asked() || Number(localStorage.getItem(this.memory)));
    } catch (error) {
      this.fail(error);
    } finally {
      this.show("[data-opening]", false);
    }
  }

  close() {
    this.listening.abort();
    return this.release();
  }

  // --- The pages ----------------------------------------------------------------------------------

  source() {
    const { pdf: url, fonts, wasm, icc } = this.view.dataset;
    return {
      url, standardFontDataUrl: fonts, wasmUrl: wasm, iccUrl: icc, rangeChunkSize: CHUNK,
      disableAutoFetch: true, disableStream: true, isEvalSupported: false,
    };
  }

  async lay() {
    const first = await this.pdf.getPage(1);
    this.pages = Array.from({ length: this.pdf.numPages }, (_, i) => new PdfPage(this.pdf, i + 1));
    for (const page of this.pages) page.shape(first.getViewport({ scale: 1 }));
    this.sheet.replaceChildren(...this.pages.map(({ element }) => element));
    this.view.querySelector("[data-pages]").textContent = this.pages.length;
    // One screen before and after is drawn; the rest keeps its place and gives back its memory.
    this.near = this.watch("100% 0px", (page, isNear) => this.drawOrClear(page, isNear));
    this.middle = this.watch("-50% 0px -49% 0px", (page, isHere) => isHere && this.arrive(page));
  }

  watch(rootMargin, heed) {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) heed(this.pageOf(target), isIntersecting);
    }, { rootMargin });
    for (const { element } of this.pages) observer.observe(element);
    return observer;
  }

  drawOrClear(page, isNear) {
    page.isNear = isNear;
    if (isNear) page.draw().catch((error) => this.fail(error));
    else page.clear();
  }

  pageOf(element) {
    return this.pages.find((page) => page.element === element);
  }

  async release() {
    this.near?.disconnect();
    this.middle?.disconnect();
    for (const page of this.pages) page.clear();
    await this.loading?.destroy();
  }

  // --- What a reader does -------------------------------------------------------------------------

  // A citation names its page in the address: #hal-4.
  asked() {
    return Number(location.hash.match(/^#hal-(\d+)$/)?.[1]);
  }

  turnTo(number) {
    this.pages[number - 1]?.element.scrollIntoView();
  }

  arrive({ number }) {
    this.current = number;
    localStorage.setItem(this.memory, number);
    this.view.querySelector("[data-page]").textContent = number;
    this.view.querySelector("[data-previous]").disabled = number === 1;
    this.view.querySelector("[data-next]").disabled = number === this.pages.length;
  }

  magnify(zoom) {
    if (!zoom) return;
    this.zoom = zoom;
    this.sheet.style.setProperty("--zoom", zoom);
    this.view.querySelector("[data-smaller]").disabled = zoom === ZOOMS[0];
    this.view.querySelector("[data-larger]").disabled = zoom === ZOOMS.at(-1);
    this.turnTo(this.current);
    for (const page of this.pages) this.drawOrClear(page, page.isNear);
  }

  // --- Small words --------------------------------------------------------------------------------

  fail(error) {
    if (this.listening.signal.aborted) return;
    console.error(error);
    this.tools.hidden = true;
    this.sheet.replaceChildren();
    this.show("[data-failed]", true);
  }

  on(selector, act) {
    this.view.querySelector(selector).addEventListener("click", act, this.listening);
  }

  show(selector, shown) {
    this.view.querySelector(selector).hidden = !shown;
  }
}
