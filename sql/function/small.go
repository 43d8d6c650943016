package function

// Functions that Trino has in small families of their own: colours for terminals
// (ColorFunctions), Teradata's (plugin teradata-functions), numbers for people
// (FormatNumberFunction), and of the geospatial ones that which needs no geometry.
// And the names of those that ionq refuses.

import (
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

var _ = defineSmall()

func defineSmall() bool {
	def := func(category, name, sig, doc string) {
		define(&Function{Name: name, Sig: sig, Doc: doc, Category: category})
	}
	color := func(name, sig, doc string) { def("color", name, sig, doc) }
	color("color", "(varchar(x)) -> color", "A colour by name, or as #rgb")
	color("color", "(double, color, color) -> color", "A colour between two, at a fraction of the way")
	color("color", "(double, double, double, color, color) -> color", "A colour between two, for a value between a low and a high one")
	color("rgb", "(bigint, bigint, bigint) -> color", "A colour of its red, green and blue parts, 0 to 255")
	define(&Function{
		Name: "render", Sig: "(varchar(x), color) -> varchar(y)", Doc: "A text in a colour, for a terminal", Category: "color",
		Result: func(args []types.Type) (types.Type, error) {
			return types.VarcharN(min(types.Unbounded, int(args[0].P)+15)), nil // what the escape sequences add
		},
	})
	color("render", "(bigint, color) -> varchar(35)", "A number in a colour, for a terminal")
	color("render", "(double, color) -> varchar(41)", "A number in a colour, for a terminal")
	color("render", "(boolean) -> varchar(16)", "A green tick or a red cross, for a terminal")
	color("bar", "(double, bigint) -> varchar", "A bar of a width, filled to a fraction, from red to green")
	color("bar", "(double, bigint, color, color) -> varchar", "A bar of a width, filled to a fraction, from one colour to another")

	def("string", "format_number", "(bigint) -> varchar", "Formats a large number with a unit: 1.23M")
	def("string", "format_number", "(double) -> varchar", "Formats a large number with a unit: 1.23M")

	teradata := func(name, sig, doc string) { def("teradata", name, sig, doc) }
	teradata("index", "(varchar, varchar) -> bigint", "Returns index of first occurrence of a substring (or 0 if not found)")
	teradata("char2hexint", "(varchar) -> varchar", "Returns the hexadecimal representation of the UTF-16BE encoding of the argument")
	teradata("to_char", "(timestamp(p) with time zone, varchar) -> varchar", "Formats a timestamp")
	teradata("to_date", "(varchar, varchar) -> date", "Converts a string to a date")
	teradata("to_timestamp", "(varchar, varchar) -> timestamp(3)", "Converts a string to a timestamp")

	def("geospatial", "great_circle_distance", "(double, double, double, double) -> double", "Calculates the great-circle distance between two points on the Earth's surface in kilometers")
	return true
}

// refusedFunctions are the functions of Trino 410, with its plugins for geometries
// and for machine learning, that ionq does not have.
var refusedFunctions = strings.Fields(`
bing_tile bing_tile_at bing_tile_coordinates bing_tile_polygon bing_tile_quadkey bing_tile_zoom_level bing_tiles_around convex_hull_agg
from_encoded_polyline from_geojson_geometry geometry_from_hadoop_shape geometry_invalid_reason geometry_nearest_points geometry_to_bing_tiles
geometry_union geometry_union_agg line_interpolate_point line_interpolate_points line_locate_point simplify_geometry spatial_partitioning
spatial_partitions st_area st_asbinary st_astext st_boundary st_buffer st_centroid st_contains st_convexhull st_coorddim st_crosses st_difference
st_dimension st_disjoint st_distance st_endpoint st_envelope st_envelopeaspts st_equals st_exteriorring st_geometries st_geometryfromtext
st_geometryn st_geometrytype st_geomfrombinary st_interiorringn st_interiorrings st_intersection st_intersects st_isclosed st_isempty st_isring
st_issimple st_isvalid st_length st_linefromtext st_linestring st_multipoint st_numgeometries st_numinteriorring st_numpoints st_overlaps st_point
st_pointn st_points st_polygon st_relate st_startpoint st_symdifference st_touches st_union st_within st_x st_xmax st_xmin st_y st_ymax st_ymin
to_encoded_polyline to_geojson_geometry to_geometry to_spherical_geography
classify evaluate_classifier_predictions features learn_classifier learn_libsvm_classifier learn_libsvm_regressor learn_regressor regress
current_groups`)

// RefusedNames lists the functions that Athena has and ionq refuses by name.
func RefusedNames() []string { return slices.Clone(refusedFunctions) }

// refusal is the error for a name without overloads, if it is one of Athena's.
func refusal(display string) error {
	if !slices.Contains(refusedFunctions, strings.ToLower(display)) {
		return nil
	}
	return sqlerr.New(sqlerr.NotSupported, "Function '%s' is not supported by ionq", display)
}
