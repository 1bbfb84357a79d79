using System.Text.Json;
using System.Text.Json.Serialization;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Measuring;

/// <summary>Writes an image's format in camel case.</summary>
internal sealed class ImageFormatConverter() : JsonStringEnumConverter<ImageFormat>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
