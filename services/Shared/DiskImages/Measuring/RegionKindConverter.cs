using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sparsify.DiskImages.Measuring;

/// <summary>Writes a region's kind in camel case.</summary>
internal sealed class RegionKindConverter() : JsonStringEnumConverter<RegionKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
