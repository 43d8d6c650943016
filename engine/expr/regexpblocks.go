package expr

// The blocks of Unicode that Joni knows by name: \p{InHiragana}. Names and bounds are
// the standard's; which names there are was asked of Trino 410, whose Joni is of
// Unicode 6.

import (
	"fmt"
	"strings"
	"sync"
)

// unicodeBlocks has name, first and last code point of each, in hexadecimal.
const unicodeBlocks = `
basiclatin 0 7f, latin1supplement 80 ff, latinextendeda 100 17f, latinextendedb 180 24f, ipaextensions 250 2af, spacingmodifierletters 2b0 2ff,
combiningdiacriticalmarks 300 36f, greek 370 3ff, cyrillic 400 4ff, cyrillicsupplementary 500 52f, armenian 530 58f, hebrew 590 5ff, arabic 600 6ff,
syriac 700 74f, arabicsupplement 750 77f, thaana 780 7bf, nko 7c0 7ff, samaritan 800 83f, mandaic 840 85f, arabicextendeda 8a0 8ff, devanagari 900 97f,
bengali 980 9ff, gurmukhi a00 a7f, gujarati a80 aff, oriya b00 b7f, tamil b80 bff, telugu c00 c7f, kannada c80 cff, malayalam d00 d7f, sinhala d80 dff,
thai e00 e7f, lao e80 eff, tibetan f00 fff, myanmar 1000 109f, georgian 10a0 10ff, hanguljamo 1100 11ff, ethiopic 1200 137f,
ethiopicsupplement 1380 139f, cherokee 13a0 13ff, unifiedcanadianaboriginalsyllabics 1400 167f, ogham 1680 169f, runic 16a0 16ff, tagalog 1700 171f,
hanunoo 1720 173f, buhid 1740 175f, tagbanwa 1760 177f, khmer 1780 17ff, mongolian 1800 18af, limbu 1900 194f, taile 1950 197f, newtailue 1980 19df,
khmersymbols 19e0 19ff, buginese 1a00 1a1f, taitham 1a20 1aaf, balinese 1b00 1b7f, sundanese 1b80 1bbf, batak 1bc0 1bff, lepcha 1c00 1c4f,
olchiki 1c50 1c7f, sundanesesupplement 1cc0 1ccf, vedicextensions 1cd0 1cff, phoneticextensions 1d00 1d7f, phoneticextensionssupplement 1d80 1dbf,
combiningdiacriticalmarkssupplement 1dc0 1dff, latinextendedadditional 1e00 1eff, greekextended 1f00 1fff, generalpunctuation 2000 206f,
superscriptsandsubscripts 2070 209f, currencysymbols 20a0 20cf, combiningmarksforsymbols 20d0 20ff, letterlikesymbols 2100 214f, numberforms 2150 218f,
arrows 2190 21ff, mathematicaloperators 2200 22ff, miscellaneoustechnical 2300 23ff, controlpictures 2400 243f, opticalcharacterrecognition 2440 245f,
enclosedalphanumerics 2460 24ff, boxdrawing 2500 257f, blockelements 2580 259f, geometricshapes 25a0 25ff, miscellaneoussymbols 2600 26ff,
dingbats 2700 27bf, miscellaneousmathematicalsymbolsa 27c0 27ef, supplementalarrowsa 27f0 27ff, braillepatterns 2800 28ff,
supplementalarrowsb 2900 297f, miscellaneousmathematicalsymbolsb 2980 29ff, supplementalmathematicaloperators 2a00 2aff,
miscellaneoussymbolsandarrows 2b00 2bff, glagolitic 2c00 2c5f, latinextendedc 2c60 2c7f, coptic 2c80 2cff, georgiansupplement 2d00 2d2f,
tifinagh 2d30 2d7f, ethiopicextended 2d80 2ddf, cyrillicextendeda 2de0 2dff, supplementalpunctuation 2e00 2e7f, cjkradicalssupplement 2e80 2eff,
kangxiradicals 2f00 2fdf, ideographicdescriptioncharacters 2ff0 2fff, cjksymbolsandpunctuation 3000 303f, hiragana 3040 309f, katakana 30a0 30ff,
bopomofo 3100 312f, hangulcompatibilityjamo 3130 318f, kanbun 3190 319f, bopomofoextended 31a0 31bf, cjkstrokes 31c0 31ef,
katakanaphoneticextensions 31f0 31ff, enclosedcjklettersandmonths 3200 32ff, cjkcompatibility 3300 33ff, cjkunifiedideographsextensiona 3400 4dbf,
yijinghexagramsymbols 4dc0 4dff, cjkunifiedideographs 4e00 9fff, yisyllables a000 a48f, yiradicals a490 a4cf, lisu a4d0 a4ff, vai a500 a63f,
cyrillicextendedb a640 a69f, bamum a6a0 a6ff, modifiertoneletters a700 a71f, latinextendedd a720 a7ff, sylotinagri a800 a82f,
commonindicnumberforms a830 a83f, phagspa a840 a87f, saurashtra a880 a8df, devanagariextended a8e0 a8ff, kayahli a900 a92f, rejang a930 a95f,
hanguljamoextendeda a960 a97f, javanese a980 a9df, cham aa00 aa5f, myanmarextendeda aa60 aa7f, taiviet aa80 aadf, meeteimayekextensions aae0 aaff,
ethiopicextendeda ab00 ab2f, meeteimayek abc0 abff, hangulsyllables ac00 d7af, hanguljamoextendedb d7b0 d7ff, privateusearea e000 f8ff,
cjkcompatibilityideographs f900 faff, alphabeticpresentationforms fb00 fb4f, arabicpresentationformsa fb50 fdff, variationselectors fe00 fe0f,
verticalforms fe10 fe1f, combininghalfmarks fe20 fe2f, cjkcompatibilityforms fe30 fe4f, smallformvariants fe50 fe6f,
arabicpresentationformsb fe70 feff, halfwidthandfullwidthforms ff00 ffef, specials fff0 ffff, linearbsyllabary 10000 1007f,
linearbideograms 10080 100ff, aegeannumbers 10100 1013f, ancientgreeknumbers 10140 1018f, ancientsymbols 10190 101cf, phaistosdisc 101d0 101ff,
lycian 10280 1029f, carian 102a0 102df, olditalic 10300 1032f, gothic 10330 1034f, ugaritic 10380 1039f, oldpersian 103a0 103df, deseret 10400 1044f,
shavian 10450 1047f, osmanya 10480 104af, cypriotsyllabary 10800 1083f, imperialaramaic 10840 1085f, phoenician 10900 1091f, lydian 10920 1093f,
meroitichieroglyphs 10980 1099f, meroiticcursive 109a0 109ff, kharoshthi 10a00 10a5f, oldsoutharabian 10a60 10a7f, avestan 10b00 10b3f,
inscriptionalparthian 10b40 10b5f, inscriptionalpahlavi 10b60 10b7f, oldturkic 10c00 10c4f, ruminumeralsymbols 10e60 10e7f, brahmi 11000 1107f,
kaithi 11080 110cf, sorasompeng 110d0 110ff, chakma 11100 1114f, sharada 11180 111df, takri 11680 116cf, cuneiform 12000 123ff,
cuneiformnumbersandpunctuation 12400 1247f, egyptianhieroglyphs 13000 1342f, bamumsupplement 16800 16a3f, miao 16f00 16f9f, kanasupplement 1b000 1b0ff,
byzantinemusicalsymbols 1d000 1d0ff, musicalsymbols 1d100 1d1ff, ancientgreekmusicalnotation 1d200 1d24f, taixuanjingsymbols 1d300 1d35f,
countingrodnumerals 1d360 1d37f, mathematicalalphanumericsymbols 1d400 1d7ff, arabicmathematicalalphabeticsymbols 1ee00 1eeff,
mahjongtiles 1f000 1f02f, dominotiles 1f030 1f09f, playingcards 1f0a0 1f0ff, enclosedalphanumericsupplement 1f100 1f1ff,
enclosedideographicsupplement 1f200 1f2ff, miscellaneoussymbolsandpictographs 1f300 1f5ff, emoticons 1f600 1f64f, transportandmapsymbols 1f680 1f6ff,
alchemicalsymbols 1f700 1f77f, cjkunifiedideographsextensionb 20000 2a6df, cjkunifiedideographsextensionc 2a700 2b73f,
cjkunifiedideographsextensiond 2b740 2b81f, cjkcompatibilityideographssupplement 2f800 2fa1f, tags e0000 e007f,
variationselectorssupplement e0100 e01ef, supplementaryprivateuseareaa f0000 fffff, supplementaryprivateuseareab 100000 10ffff`

var blockRanges = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(unicodeBlocks, ",") {
		var name string
		var from, to rune
		if _, err := fmt.Sscanf(strings.TrimSpace(line), "%s %x %x", &name, &from, &to); err != nil {
			panic("BUG: block " + line)
		}
		// Both ends are escaped: they may be brackets or hyphens.
		out["in"+name] = fmt.Sprintf(`%s-%s`, escapedRune(from), escapedRune(to))
	}
	return out
})

// escapedRune is a code point as the matcher's classes take it.
func escapedRune(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(r)
}
