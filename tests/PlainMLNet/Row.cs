using Microsoft.ML.Data;

namespace Toolkit.PlainMLNet;

internal sealed class Row
{
    [VectorType(2)]
    public float[] Pair { get; set; } = [];

    public int Count { get; set; }

    public string Name { get; set; } = "";

    public string Words { get; set; } = "";
}
