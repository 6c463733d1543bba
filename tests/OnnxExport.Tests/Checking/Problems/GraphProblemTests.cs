using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class GraphProblemTests
{
    [Fact]
    public void Graphs_inputs_and_outputs_have_names()
    {
        Expect(m => m.Graph.Name = "", "Error (Graph): Expected a graph with a name, found none.");
        Expect(m => m.Graph.Node[3].Attribute[0].G.Name = "", "Error (Graph) at main/if/then_branch: Expected a graph with a name, found none.");
        const string nameless = "Error (Graph) at main/value: Expected a name for each graph input and output, found none.";
        Expect(m => m.Graph.Input.AddRange([Value("", DataType.Float), Value("", DataType.Float)]), nameless, nameless);
        Expect(m => m.Graph.Output.Add(Value("", DataType.Float)), nameless);
        Expect(m => m.Graph.Input.Add(Value("x", DataType.Float)), "Error (Names) at main/x: Expected distinct names of graph inputs, found this one twice.");
        Expect(m => m.Graph.ValueInfo.Add(Value("xw", DataType.Float)), "Error (Names) at main/xw: Expected distinct names in value_info, found this one twice.");
        Expect(m => m.Graph.Node[1].Name = "matmul", "Warning (Names) at main/matmul: Two nodes of this graph have this name; ONNX Runtime refuses that.");
    }

    [Fact]
    public void Initializers_have_distinct_names()
    {
        Expect(m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone()), "Error (Names) at main/w: Expected distinct names of initializers, found this one twice.");
        Expect(m => m.Graph.Initializer.Add(Floats("s", 1)), "Error (Names) at main/s: Expected distinct names of initializers, found this one twice.");
        const string nameless = "Error (Names) at main/initializer: Expected an initializer with a name, found none.";
        Expect(m => m.Graph.Initializer.AddRange([Floats("", 1), Floats("", 1)]), nameless, nameless);
        Expect(
            m => m.Graph.SparseInitializer.Add(new SparseTensorProto()),
            nameless,
            "Error (SparseTensor) at main: Expected values and indices of a sparse tensor, found one of them missing.");
    }

    [Fact]
    public void Before_version_4_initializers_are_inputs()
    {
        Expect(Scaled(3), "Warning (Names) at main/w: Expected every initializer among the inputs, as version 3 of the format has them, found this one elsewhere.");
        Expect(Scaled(4));
        ModelProto model = Scaled(3);
        model.Graph.Input.Add(Value("w", DataType.Float, 2));
        Expect(model);

        static ModelProto Scaled(long irVersion)
        {
            ModelProto model = Plain(irVersion, Node("MatMul", ["x", "w"], ["y"], ""));
            model.OpsetImport.Add(Set("", 17));
            model.Graph.Initializer.Add(Floats("w", 1, 2));
            return model;
        }
    }

    [Fact]
    public void Nodes_read_what_is_there()
    {
        Expect(m => m.Graph.Node[1].Input[0] = "c", Missing("main/softmax", "c"));
        Expect(m => m.Graph.Node[0].Input[0] = "nowhere", Missing("main/matmul", "nowhere"));
        Expect(m => m.Graph.Node[3].Attribute[0].G.Node[0].Input[0] = "i", Missing("main/if/then_branch/then/then_Neg", "i"));
        Expect(m => m.Functions[0].Node[1].Input[0] = "x", Missing("org.example.Double/Mul#1", "x"));

        static string Missing(string place, string name) =>
            $"Error (Order) at {place}: Expected each input to be a graph input, an initializer or the result of an earlier node, found \"{name}\".";
    }

    [Fact]
    public void Every_result_has_a_name_of_its_own()
    {
        Expect(m => m.Graph.Node.Insert(2, Node("Softmax", ["xw"], ["p"], "softmax2")), Taken("main/softmax2", "p"));
        Expect(m => m.Graph.Node.Insert(0, Node("Abs", ["x"], ["w"], "abs")), Taken("main/abs", "w"));
        Expect(m => m.Graph.Node[3].Attribute[0].G.Node.Add(Node("Abs", ["c"], ["xw"], "abs")), Taken("main/if/then_branch/then/abs", "xw"));
        Expect(m => m.TrainingInfo[0].Algorithm.Node.Add(Node("Abs", ["x"], ["xw"], "decay2")), Taken("training_info#0/step/decay2", "xw"));
        Expect(m => m.Graph.Node.AddRange([Node("Dropout", ["x"], ["d1", ""], ""), Node("Dropout", ["x"], ["d2", ""], "")]));

        static string Taken(string place, string name) => $"Error (SingleAssignment) at {place}: Expected a new name for each result, found \"{name}\", which is taken.";
    }

    [Fact]
    public void Every_output_is_defined_in_its_graph()
    {
        Expect(m => m.Graph.Output.Add(Value("nothing", DataType.Float)), Undefined("main/nothing"));
        Expect(m => m.Graph.Node[3].Attribute[0].G.Output[0].Name = "c", Undefined("main/if/then_branch/then/c"));

        static string Undefined(string place) => $"Error (SingleAssignment) at {place}: Expected a graph output that this graph defines, found no definition.";
    }
}
