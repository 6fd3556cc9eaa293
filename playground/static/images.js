/** Where the bytes of a picture or file are fetched from. */

/** The address of an image block or element: a plain URL, or a file of this workspace. */
export function imageAddress({ image_url: url, slack_file: file }) {
  if (url) return url;
  return fileAddress(file ?? {});
}

/** A file of this workspace, by the address that needs no token. */
export function fileAddress({ id, url, url_private: address }) {
  if (id) return `/ui/files/${encodeURIComponent(id)}`;
  return url ?? address ?? "";
}
