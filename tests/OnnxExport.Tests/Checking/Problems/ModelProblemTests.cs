using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class ModelProblemTests
{
    [Fact]
    public void A_model_has_a_graph_and_distinct_metadata()
    {
        Expect(m => m.Graph = null, "Error (Model): Expected a graph, found none.");
        Expect(m => m.MetadataProps.Add(Entry("author", "somebody else")), "Error (Model) at metadata_props: Expected distinct keys, found \"author\" twice.");
        Expect(m => m.Graph.MetadataProps.AddRange([Entry("k", "1"), Entry("k", "2")]), "Error (Model) at main/metadata_props: Expected distinct keys, found \"k\" twice.");
        Expect(
            m => m.Graph.Node[1].MetadataProps.AddRange([Entry("layer", "first"), Entry("", ""), Entry("layer", "last")]),
            "Error (Model) at main/softmax: Expected distinct keys, found \"layer\" twice.");
    }

    [Fact]
    public void A_model_has_a_version_of_the_format_that_is_known()
    {
        Expect(m => m.ClearIrVersion(), "Error (Model) at ir_version: Expected the version of the format, found none.");
        Expect(m => m.IrVersion = 0, "Error (Model) at ir_version: Expected a version of the format from 1 to 13, found 0.");
        Expect(m => m.IrVersion = 13);
        Expect(m => m.IrVersion = 14, "Error (Model) at ir_version: Expected a version of the format from 1 to 13, found 14.");
    }

    /// <summary>Before version 3 of the format there is one operator set, the first, and before version 2 attributes have no type.</summary>
    [Fact]
    public void Old_versions_of_the_format_have_their_own_rules()
    {
        NodeProto node = Node("Softmax", ["x"], ["y"], "softmax", new AttributeProto { Name = "axis", I = 1 });
        Expect(Plain(1, node));
        Expect(Plain(2, node), "Error (Attribute) at main/softmax: Expected the attribute \"axis\" with a type, found none.");
        Expect(Plain(2, Node("Neg", ["x"], ["y"], "neg")));
        Expect(Plain(2, Node("Gelu", ["x"], ["y"], "gelu")), "Error (Operator) at main/gelu: Expected an operator of ai.onnx version 1, found Gelu; it exists from version 20 on.");
        Expect(
            Plain(3, Node("Neg", ["x"], ["y"], "neg")),
            "Error (Model) at opset_import: Expected an imported operator set, found none.",
            "Error (Operator) at main/neg: Expected an operator of an imported operator set, found Neg of \"ai.onnx\".");
        Expect(Importing(1), "Error (Model) at opset_import: Expected no operator sets to import in version 1 of the format, found 1.");
        Expect(Importing(2), "Error (Model) at opset_import: Expected no operator sets to import in version 2 of the format, found 1.");
        Expect(Importing(3));

        static ModelProto Importing(long irVersion)
        {
            ModelProto model = Plain(irVersion, Node("Neg", ["x"], ["y"], "neg"));
            model.OpsetImport.Add(Set("", 1));
            return model;
        }
    }

    [Fact]
    public void Operator_sets_are_distinct_and_known()
    {
        Expect(
            m => m.OpsetImport.Add(Set("ai.onnx", 16)),
            "Error (Model) at opset_import: Expected each operator set once, found \"ai.onnx\" twice, with versions 17 and 16.");
        Expect(
            m => m.OpsetImport.Add(Set("ai.onnx", 17)),
            "Warning (Model) at opset_import: Expected each operator set once, found \"ai.onnx\" twice, with versions 17 and 17.");
        Expect(m => m.OpsetImport[1].Version = 0, "Error (Model) at opset_import: Expected a version of at least 1 of \"org.example\", found 0.");
        Expect(m => m.OpsetImport[0].Version = -1, "Error (Model) at opset_import: Expected a version of at least 1 of \"ai.onnx\", found -1.");
        Expect(m => m.OpsetImport[0].Version = 27);
        Expect(
            m => m.OpsetImport[0].Version = 28,
            "Warning (Operator) at opset_import: Operators of the standard set 28 are not checked: this check knows the sets up to 27.");
    }
}
