using System.Text;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>docs/components.md, written from the examples and from what the components say when they refuse.</summary>
internal static class ComponentPage
{
    private const string Head = """
        # Components

        Every component in two lines, with its place in Goodfellow, Bengio, Courville, *Deep Learning* (section, equation, algorithm) or its paper, and what it refuses.
        This page is written from the tests [Example….cs](../tests/Modeling.Tests/Components/ExampleModules.cs): each example compiles and runs, gives the same
        numbers each time, and each model and trainer is trained, exported and compared with ONNX Runtime. `Network`, `Labelled` and the other names that an example
        begins with are in [Given](../tests/Modeling.Tests/Components/Given.cs). No setting takes a NaN or an infinite number.

        To add a component, add a row beside its neighbours; a test fails while one is missing, or while this page is behind.

        """;

    public static string Text()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach ((string title, Dictionary<string, TwoLines> examples) in ExampleFamilies.All)
        {
            page.Append('\n').Append("## ").Append(title).Append('\n');
            foreach ((string name, TwoLines example) in examples)
            {
                page.Append($"\n### {name}\n\nSource: {example.Source}.");
                string[] refusals = [.. Refusals.Messages(name).Select(message => $"“{message}”")];
                page.Append(refusals.Length == 0 ? "" : $" Refuses: {string.Join(" ", refusals)}");
                page.Append($"\n\n```csharp\n{example.First}\n{example.Second}\n```\n");
            }
        }

        return page.ToString();
    }
}
