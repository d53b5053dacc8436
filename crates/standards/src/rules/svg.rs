//! Rules of the logo: SVG Tiny Portable/Secure.

crate::rules! {
    SVG_01 "SVG-01" Error Lint by "standards::bimi::svg"
        "The file is well-formed XML in UTF-8 with one `svg` root in its namespace"
        why "Receivers cannot read anything else, and show no logo."
        fix "export the logo again as SVG Tiny Portable/Secure"
        source "SVG-PS §2.1";
    SVG_02 "SVG-02" Error Lint by "standards::bimi::svg"
        "The root has `version=\"1.2\"`"
        why "Receivers and certificate authorities refuse the logo."
        fix "write `version=\"1.2\"` in the root element"
        source "SVG-PS §2.1";
    SVG_03 "SVG-03" Error Lint by "standards::bimi::svg"
        "The root has `baseProfile=\"tiny-ps\"`"
        why "Receivers and certificate authorities refuse the logo; editors write `tiny` or nothing."
        fix "write `baseProfile=\"tiny-ps\"` in the root element"
        source "SVG-PS §2.1";
    SVG_04 "SVG-04" Error Lint by "standards::bimi::svg"
        "The root's first element is its one `title`, and it has a text"
        why "The title names the brand; without it the logo is refused."
        fix "put `<title>Brand</title>` right after the opening tag"
        source "SVG-PS §2.1";
    SVG_05 "SVG-05" Warn Lint by "standards::bimi::svg"
        "The title is a real name of at most 64 characters"
        why "Readers and screen readers see it; a tool's placeholder looks careless."
        fix "write the brand's name"
        source "SVG-PS §2.1";
    SVG_06 "SVG-06" Error Lint by "standards::bimi::svg"
        "`desc`, if present, has a text"
        why "An empty one is refused."
        fix "fill it or remove it"
        source "SVG-PS §2.1";
    SVG_07 "SVG-07" Error Lint by "standards::bimi::svg"
        "The root has no `x`, `y`, `overflow` or `style`"
        why "The profile forbids them and validators refuse the logo."
        fix "remove the attribute"
        source "SVG-PS §6.2";
    SVG_08 "SVG-08" Error Lint by "standards::bimi::svg"
        "Only elements of the profile are used"
        why "Validators refuse the logo on any other element."
        fix "convert the element to paths, or remove it"
        source "SVG-PS schema";
    SVG_09 "SVG-09" Error Lint by "standards::bimi::svg"
        "No script, animation, image, link, filter, mask or style element"
        why "They could run or load something in a mail client; receivers refuse the logo."
        fix "remove the element; draw with paths and gradients"
        source "SVG-PS §2.3; RFC 6170 §5.2";
    SVG_10 "SVG-10" Error Lint by "standards::bimi::svg"
        "No event attributes (`on…`)"
        why "They run scripts; receivers refuse the logo."
        fix "remove the attribute"
        source "SVG-PS §2.3";
    SVG_11 "SVG-11" Error Lint by "standards::bimi::svg"
        "No `style` attributes"
        why "The profile has no CSS; validators refuse the logo."
        fix "write the properties as attributes: `fill`, `stroke`"
        source "SVG-PS §2.3";
    SVG_12 "SVG-12" Error Lint by "standards::bimi::svg"
        "Interactive and timing attributes have only their harmless values"
        why "Other values ask for zooming, focus, timing or outside files, and the logo is refused."
        fix "remove the attribute"
        source "SVG-PS §2.3";
    SVG_13 "SVG-13" Warn Lint by "standards::bimi::svg"
        "Interactive and timing attributes are left out"
        why "Even their harmless values should not be there."
        fix "remove the attribute"
        source "SVG-PS §2.3";
    SVG_14 "SVG-14" Error Lint by "standards::bimi::svg"
        "References stay in the file: `#id` and `url(#id)`"
        why "A reference outwards tells another host who reads the mail; receivers refuse the logo."
        fix "put what is referred to into the file"
        source "RFC 6170 §5.2; SVG-PS §2.3";
    SVG_15 "SVG-15" Error Lint by "standards::bimi::svg"
        "No `data:` in any attribute"
        why "It hides a bitmap or a script in the logo."
        fix "draw with vector shapes"
        source "SVG-PS §2.3";
    SVG_16 "SVG-16" Warn Lint by "standards::bimi::svg"
        "`xlink:href` is avoided"
        why "The published schema refuses it although some receivers accept it."
        fix "repeat the shape in place of `use`"
        source "SVG-PS schema";
    SVG_17 "SVG-17" Error Lint by "standards::bimi::svg"
        "No DOCTYPE, no entities, no stylesheet instruction"
        why "They can load files or grow without bound; receivers refuse the logo."
        fix "remove them"
        source "BIMI implementation guidance, security concerns";
    SVG_18 "SVG-18" Error Lint by "standards::bimi::svg"
        "The file is at most 32 KiB, uncompressed"
        why "Gmail and others refuse a larger one."
        fix "simplify the paths, and drop the editor's metadata"
        source "SVG-PS §2.4; Gmail";
    SVG_19 "SVG-19" Error Lint by "standards::bimi::svg"
        "`viewBox` is four numbers parted by spaces, with a positive size"
        why "Without it receivers cannot scale the logo."
        fix "add for example `viewBox=\"0 0 512 512\"`"
        source "BIMI Group; checkdmarc";
    SVG_20 "SVG-20" Warn Lint by "standards::bimi::svg"
        "The logo is square"
        why "Receivers cut it to a square or a circle."
        fix "make the sides of `viewBox` equal"
        source "BIMI implementation guidance; Gmail";
    SVG_21 "SVG-21" Warn Lint by "standards::bimi::svg"
        "`width` and `height`, if given, are equal, absolute and at least 96 pixels"
        why "Gmail refuses relative or small sizes."
        fix "set both to the same number of pixels, 96 or more"
        source "Gmail help";
    SVG_22 "SVG-22" Warn Lint by "standards::bimi::svg"
        "An opaque background covers the whole canvas"
        why "On a dark background a transparent logo may be invisible."
        fix "start with a filled `rect` of the size of `viewBox`"
        source "BIMI Group; Gmail";
    SVG_23 "SVG-23" Warn Lint by "standards::bimi::svg"
        "The drawing has at least two colours"
        why "In one colour nothing can be seen."
        fix "give the mark and its background different fills"
        source "SVG-PS §2.4";
    SVG_24 "SVG-24" Warn Lint by "standards::bimi::svg"
        "Letters are paths, not `text`"
        why "Fonts differ from receiver to receiver."
        fix "convert the text to paths"
        source "BIMI Group";
    SVG_25 "SVG-25" Warn Lint by "standards::bimi::svg"
        "A .svgz is gzip, and unpacks to a logo within the size limit"
        why "Receivers stop unpacking there, to be safe from bombs."
        fix "publish the plain .svg"
        source "BIMI §4.3.2; RFC 6170 §5.2";
    SVG_26 "SVG-26" Error Lint by "standards::bimi::svg"
        "`preserveAspectRatio` is none or xMidYMid"
        why "The profile has no other value and validators refuse the logo."
        fix "remove the attribute"
        source "SVG-PS schema";
    SVG_27 "SVG-27" Warn Lint by "standards::bimi::svg"
        "Only attributes and values of the schema are used, and no namespace of an editor"
        why "The published schema refuses any other attribute, and so may a certificate authority and a receiver."
        fix "save as plain SVG, without the editor's data"
        source "SVG-PS schema";
    SVG_28 "SVG-28" Warn Lint by "standards::bimi::svg"
        "The logo can be drawn, in little time"
        why "Receivers give up on a drawing that repeats itself thousands of times, and show none."
        fix "simplify the drawing: fewer shapes, no `use` of what has `use` in it, no fine dashes"
        source "BIMI implementation guidance, security concerns";
    SVG_29 "SVG-29" Warn Lint by "standards::bimi::svg"
        "Drawn, the logo shows something: it is not one colour everywhere"
        why "Readers see a plain spot; the mark lies outside `viewBox`, is covered, or has the colour of its background."
        fix "move the mark into `viewBox`, and draw it after its background in another colour"
        source "SVG-PS §2.4; BIMI Group";
    SVG_30 "SVG-30" Warn Lint by "standards::bimi::svg"
        "The mark is inside the circle that touches the sides of `viewBox`"
        why "Gmail and Apple Mail show logos in a circle, and what is outside is cut away."
        fix "make the mark smaller, or `viewBox` larger around it"
        source "BIMI Group; Gmail";
}
