using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>What a model says of a file beside it; the file itself is not looked at.</summary>
public sealed class ExternalDataProblemTests
{
    [Fact]
    public void External_data_have_a_location_within_the_folder()
    {
        External([("location", "w.bin"), ("offset", "0"), ("length", "16"), ("checksum", "?")]);
        External([], "Error (ExternalData) at main/w: Expected the location of external data, found none.");
        External([("location", "")], "Error (ExternalData) at main/w: Expected the location of external data, found none.");
        External([("location", "../w.bin")], "Error (ExternalData) at main/w: Expected a path inside the folder of the model, found \"../w.bin\".");
    }

    [Fact]
    public void Keys_are_distinct_and_known()
    {
        External(
            [("location", "w.bin"), ("location", "v.bin"), ("location", "u.bin")],
            "Error (ExternalData) at main/w: Expected distinct keys of external data, found \"location\" 3 times.");
        External(
            [("hash", "1"), ("location", "w.bin"), ("offset", "0"), ("hash", "1")],
            "Error (ExternalData) at main/w: Expected distinct keys of external data, found \"hash\" 2 times.",
            "Warning (ExternalData) at main/w: Expected location, offset, length and checksum of external data, found \"hash\" as well.");
    }

    [Fact]
    public void Offset_and_length_are_numbers_that_fit()
    {
        External([("location", "w.bin"), ("offset", "-1"), ("length", "many")], "Error (ExternalData) at main/w: Expected the offset of external data as a number of bytes, found \"-1\".");
        External([("location", "w.bin"), ("length", "many")], "Error (ExternalData) at main/w: Expected the length of external data as a number of bytes, found \"many\".");
        External([("location", "w.bin"), ("length", "15")], "Error (ExternalData) at main/w: Expected a length of 16 bytes for 4 elements of type Float, found 15.");
    }

    [Fact]
    public void Content_is_in_the_file_alone() => Expect(
        m =>
        {
            Move(m.Graph.Initializer[0], [("location", "w.bin")]);
            m.Graph.Initializer[0].FloatData.AddRange([1, 2, 3, 4]);
        },
        "Error (Tensor) at main/w: Expected the content in an external file alone, found float_data as well.");

    [Fact]
    public void Texts_are_in_no_file_of_their_own() => Expect(
        m =>
        {
            Move(m.Graph.Initializer[0], [("location", "w.bin")]);
            m.Graph.Initializer[0].DataType = (int)DataType.String;
        },
        "Error (ExternalData) at main/w: Expected elements of a fixed number of bits in an external file, found type String.");

    private static void External((string Key, string Value)[] entries, params string[] problems) => Expect(m => Move(m.Graph.Initializer[0], entries), problems);

    private static void Move(TensorProto tensor, (string Key, string Value)[] entries)
    {
        tensor.ClearRawData();
        tensor.DataLocation = DataLocation.External;
        tensor.ExternalData.AddRange(entries.Select(entry => GoodModel.Entry(entry.Key, entry.Value)));
    }
}
