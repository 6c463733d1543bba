using System.Reflection;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Imaging;
using Toolkit.MLNetIntegration;
using Toolkit.Modeling;
using Toolkit.Mpi;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tables;

namespace Toolkit.Architecture.Tests;

/// <summary>The rules of style that a machine can see.</summary>
public sealed class StyleTests
{
    internal static readonly Assembly[] Libraries =
        [typeof(Variable).Assembly, typeof(RandomSource).Assembly, typeof(MpiGroup).Assembly, typeof(ImageFolder).Assembly, typeof(OnnxSession).Assembly, typeof(OnnxScoringCatalog).Assembly, typeof(TableScorer).Assembly];

    [Fact]
    public void Every_public_class_is_abstract_sealed_or_static()
    {
        IEnumerable<Type> open = Libraries.SelectMany(a => a.GetExportedTypes()).Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false });
        Assert.Empty(open);
    }

    [Fact]
    public void No_class_keeps_mutable_static_state()
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        IEnumerable<string> mutable = Libraries
            .SelectMany(a => a.GetTypes())
            .Where(t => !t.IsDefined(typeof(CompilerGeneratedAttribute)) && t.Namespace?.EndsWith(".Format", StringComparison.Ordinal) != true)
            .SelectMany(t => t.GetFields(Statics))
            .Where(f => !f.IsInitOnly && !f.IsLiteral && !f.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(f => $"{f.DeclaringType}.{f.Name}");
        Assert.Empty(mutable);
    }

    [Fact]
    public void Source_files_stay_small()
    {
        IEnumerable<string> large = new[] { "Autograd", "Modeling", "OnnxExport", "MLNetIntegration" }
            .SelectMany(folder => Repository.Sources(folder))
            .Where(file => File.ReadLines(file).Count() > 400)
            .Select(file => Path.GetRelativePath(Repository.Root, file));
        Assert.Empty(large);
    }

    /// <summary>
    /// One file may generate code: the loop of an elementwise chain, which falls back to tiles where programs are compiled ahead of time and has a
    /// switch (<c>CompilationOptions.GenerateLoops</c>). Nothing else does.
    /// </summary>
    [Fact]
    public void Only_the_generated_loop_uses_reflection_emit()
    {
        string[] forbidden = ["System.Reflection.Emit", "Activator.CreateInstance", "MakeGenericMethod", "MakeGenericType"];
        string loop = Path.Combine("Kernels", "Elementwise", "VectorLoop.cs");
        foreach (string file in new[] { "Autograd", "Modeling", "OnnxExport", "MLNetIntegration" }.SelectMany(folder => Repository.Sources(folder)))
        {
            string text = File.ReadAllText(file);
            if (file.EndsWith(loop, StringComparison.Ordinal))
            {
                Assert.Contains("RuntimeFeature.IsDynamicCodeCompiled", text, StringComparison.Ordinal);
                text = text.Replace("using System.Reflection.Emit;", "", StringComparison.Ordinal);
            }

            Assert.All(forbidden, word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
        }
    }
}
