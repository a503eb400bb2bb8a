/** A picture that is chosen in a form. */
export type Picture = { name: string; mimeType: string; buffer: Buffer };

/** The QR code with which Anna's authenticator app was set up. */
export const QR_CODE = png(
  "iVBORw0KGgoAAAANSUhEUgAAAJQAAACUAQAAAABdRz15AAABP0lEQVR42u1WMZIDMQiDm+3hB/7/s/wD8QJOeJMmmRQZKOMUYVxo" +
  "DBLSXimvJ/7k/fzuPt6pqp9aH2UTzzIJJOHpVfbfzDeZBH+nHJnBFvNU9Od33X8uAU+ZwUtxCxeEVdnDU3JBSp6rwRLRfF8eqWAF" +
  "bEZ/IQpSkebq2p+fkdowBVu3LY42H5oOTi6DqiFot99tATW4rNKN9PlNJRHgEGVt8x6/mkfLVCDFkkIJtv2Us1sGAZL8Rt9fIolG" +
  "ZiU27QVtvdw0RNJltnX5IF4JLzg/rO25BN1+CaUUHzeXWo6J9zlqRdjvkXMXzw3KxWCjrhP7QS8oWrGYJNH1v0tu/wtysgoMI/nG" +
  "LfHS9HHWgXwruye5HKLP5BHbJb0xwUedrB0uis1H8k0JyMS0kyET+YYy6Qp0k67/vZ7f9+QXd/9HYpPDTiWtzwAAAABJRU5ErkJg" +
  "gg==",
);

/** A picture with nothing on it. */
export const BLANK = png(
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAHUlEQVR4nO3GsQ0AAAABMBH/v8zgArtOlVHE88wJ1d8BgpsGN80A" +
  "AAAASUVORK5CYII=",
);

function png(text: string): Picture {
  return { name: "picture.png", mimeType: "image/png", buffer: Buffer.from(text, "base64") };
}
