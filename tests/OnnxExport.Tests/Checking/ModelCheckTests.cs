using Google.Protobuf;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Tests.Checking.Problems;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>What is valid has no problems; what is not is below Problems.</summary>
public sealed class ModelCheckTests
{
    [Fact]
    public void A_good_model_has_no_problems()
    {
        Assert.Empty(ModelCheck.Check(Create()));
        Assert.Empty(ModelCheck.Check(Create().ToByteArray()));
        ModelCheck.Require(Create().ToByteArray());
    }

    [Fact]
    public void Every_type_has_its_field_and_its_width()
    {
        foreach (DataType type in Enum.GetValues<DataType>().Where(t => t is not DataType.Undefined))
        {
            var tensor = new TensorProto { Name = "t", DataType = (int)type, Dims = { 3 } };
            switch (ElementTypes.FieldOf(type))
            {
                case "float_data": tensor.FloatData.AddRange(new float[type == DataType.Float ? 3 : 6]); break;
                case "double_data": tensor.DoubleData.AddRange(new double[type == DataType.Double ? 3 : 6]); break;
                case "int64_data": tensor.Int64Data.AddRange(new long[3]); break;
                case "uint64_data": tensor.Uint64Data.AddRange(new ulong[3]); break;
                case "string_data": tensor.StringData.AddRange([ByteString.Empty, ByteString.Empty, ByteString.Empty]); break;
                default: tensor.Int32Data.AddRange(new int[Shared(type)]); break;
            }

            ModelProto model = WholeProblems.Plain(8, Node("Identity", ["t"], ["y"], ""));
            model.OpsetImport.Add(WholeProblems.Set("", 17));
            model.Graph.Initializer.Add(tensor);
            Assert.Empty(ModelCheck.Check(model));
        }

        // Three elements of 2 bits fit one number, of 4 bits two.
        static int Shared(DataType type) => type switch
        {
            DataType.Int2 or DataType.Uint2 => 1,
            DataType.Int4 or DataType.Uint4 or DataType.Float4E2M1 => 2,
            _ => 3,
        };
    }
}
